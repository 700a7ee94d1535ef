using Drift.Actors.Alerts;

namespace Drift.Actors.Ports;

/// <summary>
/// The tables of alerts and silences. Alerts come to be and change with the state of the actor that raises them
/// (<see cref="SnapshotEffects"/>); here they are read and acknowledged. Thread-safe.
/// </summary>
public interface IAlertStore
{
    /// <summary>A tenant's alerts, the latest opened first.</summary>
    Task<IReadOnlyList<Alert>> ListAsync(string tenant, AlertQuery query, CancellationToken cancellationToken);

    /// <summary>An alert, or null.</summary>
    Task<Alert?> FindAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>The alerts of all tenants that are not resolved, the latest opened first.</summary>
    Task<IReadOnlyList<Alert>> ListUnresolvedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Somebody looks after an alert; gives it as it is now, or null when there is none that is unresolved.</summary>
    Task<Alert?> AcknowledgeAsync(string tenant, string id, string by, string? note, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Adds a silence.</summary>
    Task AddSilenceAsync(Silence silence, CancellationToken cancellationToken);

    /// <summary>Ends a silence before its time; gives it as it is now, or null when there is none that goes on after <paramref name="at"/>.</summary>
    Task<Silence?> EndSilenceAsync(string tenant, string id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The silences that are not over at a time: of a tenant, or of all (null). The first to end first.</summary>
    Task<IReadOnlyList<Silence>> ListSilencesAsync(string? tenant, DateTimeOffset at, CancellationToken cancellationToken);
}
