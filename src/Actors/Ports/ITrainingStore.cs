using Drift.Actors.Training;

namespace Drift.Actors.Ports;

/// <summary>
/// The tables of training runs and their points. They change with the state of the run's actor (<see cref="SnapshotEffects"/>); here they
/// are read. Thread-safe.
/// </summary>
public interface ITrainingStore
{
    /// <summary>A tenant's runs, the latest begun first.</summary>
    Task<IReadOnlyList<TrainingRun>> ListAsync(string tenant, TrainingQuery query, CancellationToken cancellationToken);

    /// <summary>A run, or null.</summary>
    Task<TrainingRun?> FindAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>The points of a run behind a number, in order.</summary>
    Task<IReadOnlyList<NumberedPoint>> ReadPointsAsync(string tenant, string run, long after, int limit, CancellationToken cancellationToken);
}
