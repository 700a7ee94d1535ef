using Drift.Actors.Ports;

namespace Drift.Actors.Gpus;

/// <summary>Lists the nodes that the store knows.</summary>
public sealed class GpuCatalogActor(IGpuStore store) : IGpuCatalogActor, IActor
{
    /// <inheritdoc/>
    public Task ActivateAsync(IActorContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) => store.ListAsync(cancellationToken);
}
