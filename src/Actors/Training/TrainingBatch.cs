using Drift.Core.Training;

namespace Drift.Actors.Training;

/// <summary>Points of a run that were sent together.</summary>
/// <param name="BatchId">Tells batches apart: one that is sent again counts once.</param>
/// <param name="Points">The points in order.</param>
public sealed record TrainingBatch(string BatchId, IReadOnlyList<TrainingPoint> Points);
