using Drift.Actors.Gpus;
using Drift.Actors.Ports;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;

namespace Drift.Grains;

/// <summary>Hosts the actor that lists the nodes with GPUs.</summary>
[GrainType(GrainKeys.GpuCatalogType)]
[Reentrant]
public sealed class GpuCatalogGrain(IGpuStore store) : ActorGrain<GpuCatalogActor>, IGpuCatalogGrain
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.ListAsync(cancellationToken)));

    /// <inheritdoc/>
    protected override GpuCatalogActor Create() => new(store);
}
