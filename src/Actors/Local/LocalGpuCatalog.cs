using Drift.Actors.Gpus;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the one actor.</summary>
internal sealed class LocalGpuCatalog(ActorCell<GpuCatalogActor> cell) : IGpuCatalogActor
{
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) => cell.CallAsync(a => a.ListAsync(cancellationToken));
}
