using Drift.Actors.Adapters;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;

namespace Drift.Grains;

/// <summary>Hosts the actor of a LoRA version.</summary>
[GrainType(GrainKeys.AdapterType)]
[Reentrant]
public sealed class AdapterGrain(AdapterActorServices services) : ActorGrain<AdapterActor>, IAdapterGrain
{
    /// <inheritdoc/>
    public Task<AdapterDescription> DescribeAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.DescribeAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AdapterTransition>> GetTransitionsAsync(CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.GetTransitionsAsync(cancellationToken)));

    /// <inheritdoc/>
    public Task RecordAsync(IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.RecordAsync(points, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AdapterPerformancePoint>> GetPerformanceAsync(
        DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.GetPerformanceAsync(from, metric, limit, cancellationToken)));

    /// <inheritdoc/>
    protected override AdapterActor Create()
    {
        var (tenant, baseModel, version) = GrainKeys.AdapterOf(Key);
        return new AdapterActor(tenant, baseModel, version, services);
    }
}
