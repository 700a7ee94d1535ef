using Drift.Actors.Ports;

namespace Drift.Actors.Catalog;

/// <summary>Keeps a tenant's list of models in memory and in the directory.</summary>
public sealed class CatalogActor : ICatalogActor, IActor
{
    private readonly string _tenant;
    private readonly IModelDirectory _directory;
    private Dictionary<string, ModelStatus> _models = [];

    /// <summary>Creates the actor of a tenant's catalog.</summary>
    public CatalogActor(string tenant, IModelDirectory directory)
    {
        _tenant = tenant;
        _directory = directory;
    }

    /// <inheritdoc/>
    public async Task ActivateAsync(IActorContext context, CancellationToken cancellationToken) =>
        _models = (await _directory.ListAsync(_tenant, cancellationToken)).ToDictionary(m => m.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default)
    {
        if (_models.TryGetValue(status.Name, out var known) && known.ReportedAt > status.ReportedAt)
            return;
        _models[status.Name] = status;
        await _directory.UpsertAsync(_tenant, status, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(string model, CancellationToken cancellationToken = default)
    {
        _models.Remove(model);
        await _directory.RemoveAsync(_tenant, model, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ModelStatus>>([.. _models.Values.OrderBy(m => m.Name, StringComparer.Ordinal)]);
}
