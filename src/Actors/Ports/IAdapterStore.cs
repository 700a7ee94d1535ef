using Drift.Actors.Adapters;

namespace Drift.Actors.Ports;

/// <summary>
/// The tables of LoRA versions, their transitions and their performance. Versions and transitions come to be with the state of their catalog's
/// actor (<see cref="SnapshotEffects"/>); here they are read. Thread-safe.
/// </summary>
public interface IAdapterStore
{
    /// <summary>A tenant's versions, the latest registered first.</summary>
    Task<IReadOnlyList<AdapterDescription>> ListAsync(string tenant, AdapterQuery query, CancellationToken cancellationToken);

    /// <summary>The base models of which a version is registered and not at its end, of all tenants.</summary>
    Task<IReadOnlyList<(string Tenant, string BaseModel)>> ListBasesAsync(CancellationToken cancellationToken);

    /// <summary>The base models that a tenant has a version of that name of, by name.</summary>
    Task<IReadOnlyList<string>> FindBasesAsync(string tenant, string version, CancellationToken cancellationToken);

    /// <summary>A version's transitions, the first first.</summary>
    Task<IReadOnlyList<AdapterTransition>> ReadTransitionsAsync(string tenant, string baseModel, string version, CancellationToken cancellationToken);

    /// <summary>Adds figures, in one transaction; one of the same version, metric and time as one that is there replaces it.</summary>
    Task RecordAsync(string tenant, string baseModel, IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken);

    /// <summary>A version's figures from a time on, of one metric or of all (null), the latest first.</summary>
    Task<IReadOnlyList<AdapterPerformancePoint>> ReadPerformanceAsync(
        string tenant, string baseModel, string version, DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken);

    /// <summary>A version's latest figure of each metric, by metric.</summary>
    Task<IReadOnlyList<AdapterPerformancePoint>> ReadLatestAsync(string tenant, string baseModel, string version, CancellationToken cancellationToken);
}
