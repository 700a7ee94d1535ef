using Drift.Actors;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>A tenant's catalog, called again when a silo died under the call.</summary>
internal sealed class ClusterCatalog(ICatalogGrain grain, CallRetry retry) : ICatalogActor
{
    public Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default) => retry.RunAsync(
        async () =>
        {
            await grain.ReportAsync(status, cancellationToken);
            return true;
        },
        repeatable: true,
        cancellationToken);

    public Task RemoveAsync(string model, CancellationToken cancellationToken = default) => retry.RunAsync(
        async () =>
        {
            await grain.RemoveAsync(model, cancellationToken);
            return true;
        },
        repeatable: true,
        cancellationToken);

    public Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.ListAsync(cancellationToken), repeatable: true, cancellationToken);
}
