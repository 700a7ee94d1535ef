using Drift.Actors;
using Drift.Actors.Catalog;
using Drift.Actors.Ports;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;

namespace Drift.Grains;

/// <summary>Hosts the actor of a tenant's list: lists are one call to it and never one to every model.</summary>
[GrainType(GrainKeys.CatalogType)]
[Reentrant]
public sealed class CatalogGrain(IModelDirectory directory) : ActorGrain<CatalogActor>, ICatalogGrain
{
    /// <inheritdoc/>
    public Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default) => CallAsync(a => a.ReportAsync(status, cancellationToken));

    /// <inheritdoc/>
    public Task RemoveAsync(string model, CancellationToken cancellationToken = default) => CallAsync(a => a.RemoveAsync(model, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.ListAsync(cancellationToken)));

    /// <inheritdoc/>
    protected override CatalogActor Create() => new(GrainKeys.TenantOf(Key), directory);
}
