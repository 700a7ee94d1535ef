namespace Drift.Actors.Ports;

/// <summary>The batch ids that a journal entry carries.</summary>
/// <param name="Sequence">The entry's sequence.</param>
/// <param name="BatchIds">The ids.</param>
public sealed record EntryBatchIds(long Sequence, IReadOnlyList<string> BatchIds);
