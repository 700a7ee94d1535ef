namespace Drift.Actors;

/// <summary>The list of nodes that have reported GPUs.</summary>
public interface IGpuCatalogActor
{
    /// <summary>The names of the nodes in order.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default);
}
