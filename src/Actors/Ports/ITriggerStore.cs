using Drift.Actors.Triggers;

namespace Drift.Actors.Ports;

/// <summary>
/// The table of triggers. They come to be and change with the state of the actor that decides (<see cref="SnapshotEffects"/>); here they
/// are read. Thread-safe.
/// </summary>
public interface ITriggerStore
{
    /// <summary>A tenant's triggers, the latest made first.</summary>
    Task<IReadOnlyList<Trigger>> ListAsync(string tenant, TriggerQuery query, CancellationToken cancellationToken);

    /// <summary>A trigger, of whatever tenant; null when there is none.</summary>
    Task<Trigger?> FindAsync(string id, CancellationToken cancellationToken);
}
