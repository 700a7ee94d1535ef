namespace Drift.Actors;

/// <summary>The answer to a batch.</summary>
/// <param name="Outcome">How it was taken.</param>
/// <param name="Plan">The plan's version now; 0 while the model learns.</param>
/// <param name="Learned">Rows learned so far while the model learns.</param>
/// <param name="LearnsUntil">Rows the reference needs.</param>
public sealed record IngestResult(IngestOutcome Outcome, int Plan, long Learned, long LearnsUntil)
{
    /// <summary>The batch ids that were counted before, of <see cref="IngestOutcome.Duplicate"/>.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];
}
