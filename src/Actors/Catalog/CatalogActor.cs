using Drift.Actors.Ports;

namespace Drift.Actors.Catalog;

/// <summary>
/// A tenant's list of models, which is its directory's: nothing of it is held in memory, so that registered models cost nothing while
/// nobody asks for them. A list costs one query, whatever it names; no model is woken for it.
/// </summary>
public sealed class CatalogActor : ICatalogActor, IActor
{
    private readonly string _tenant;
    private readonly IModelDirectory _directory;

    /// <summary>Creates the actor of a tenant's catalog.</summary>
    public CatalogActor(string tenant, IModelDirectory directory)
    {
        _tenant = tenant;
        _directory = directory;
    }

    /// <inheritdoc/>
    public Task ActivateAsync(IActorContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    /// <remarks>The directory leaves a younger report as it is.</remarks>
    public Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default) => _directory.UpsertAsync(_tenant, status, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(string model, CancellationToken cancellationToken = default) => _directory.RemoveAsync(_tenant, model, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default) => _directory.ListAsync(_tenant, cancellationToken);
}
