using Drift.Core.Training;

namespace Drift.Actors.Training;

/// <summary>A point of a run with its place in it.</summary>
/// <param name="Number">Counts the run's points from 1, in the order in which they were taken.</param>
/// <param name="Point">The point.</param>
public sealed record NumberedPoint(long Number, TrainingPoint Point);
