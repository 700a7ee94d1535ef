namespace Drift.Actors;

/// <summary>The list of a tenant's models with their latest state, so that lists need not ask every model.</summary>
public interface ICatalogActor
{
    /// <summary>Takes a model's latest state; an older one than the last is ignored.</summary>
    Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default);

    /// <summary>Forgets a deleted model.</summary>
    Task RemoveAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>All models by name.</summary>
    Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default);
}
