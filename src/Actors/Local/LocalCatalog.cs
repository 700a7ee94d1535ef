namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the catalog's actor.</summary>
internal sealed class LocalCatalog(LocalEngine engine, string tenant) : ICatalogActor
{
    public Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default) =>
        engine.CatalogCell(tenant).CallAsync(a => a.ReportAsync(status, cancellationToken));

    public Task RemoveAsync(string model, CancellationToken cancellationToken = default) =>
        engine.CatalogCell(tenant).CallAsync(a => a.RemoveAsync(model, cancellationToken));

    public Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default) =>
        engine.CatalogCell(tenant).CallAsync(a => a.ListAsync(cancellationToken));
}
