using Drift.Core.Training;

namespace Drift.Actors.Training;

/// <summary>A run ends.</summary>
/// <param name="Status">How: succeeded, failed or cancelled.</param>
/// <param name="Summary">In words; null: none.</param>
/// <param name="AdapterVersion">The adapter version that came of it; null: as said at its start.</param>
public sealed record TrainingEnd(TrainingStatus Status, string? Summary, string? AdapterVersion);
