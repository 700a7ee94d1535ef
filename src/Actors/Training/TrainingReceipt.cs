namespace Drift.Actors.Training;

/// <summary>What came of a batch of points.</summary>
/// <param name="Accepted">Points that were taken.</param>
/// <param name="Duplicate">Whether the batch had been taken before; then none were taken now.</param>
/// <param name="Run">The run after it.</param>
public sealed record TrainingReceipt(int Accepted, bool Duplicate, TrainingRun Run);
