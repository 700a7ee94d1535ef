using Drift.Actors;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>The list of GPU nodes, asked again when a silo died under the call.</summary>
internal sealed class ClusterGpuCatalog(IGpuCatalogGrain grain, CallRetry retry) : IGpuCatalogActor
{
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.ListAsync(cancellationToken), repeatable: true, cancellationToken);
}
