namespace Drift.Actors.Ports;

/// <summary>The table of models (<c>models</c>): what exists, with the latest state of each. Thread-safe.</summary>
public interface IModelDirectory
{
    /// <summary>Writes a model's latest state.</summary>
    Task UpsertAsync(string tenant, ModelStatus status, CancellationToken cancellationToken);

    /// <summary>Removes a model.</summary>
    Task RemoveAsync(string tenant, string model, CancellationToken cancellationToken);

    /// <summary>All models of a tenant by name.</summary>
    Task<IReadOnlyList<ModelStatus>> ListAsync(string tenant, CancellationToken cancellationToken);
}
