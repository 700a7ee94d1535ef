using System.Collections.Concurrent;
using Drift.Actors;
using Drift.Actors.Adapters;

namespace Drift.Api.Tests.Support;

/// <summary>Models in memory, without statistics: enough to see what the API asks of them.</summary>
internal sealed class FakeEngine : IDriftEngine
{
    private readonly ConcurrentDictionary<ModelId, FakeModel> _models = new();
    private readonly ConcurrentDictionary<string, FakeGpu> _gpus = new();
    private readonly ConcurrentDictionary<(string Tenant, string Base), AdapterCatalogActor> _catalogs = new();

    /// <summary>Thrown by every call to a model, when set.</summary>
    public Exception? Failure { get; set; }

    public FakeModel Of(string name, string tenant = ModelId.DefaultTenant) => (FakeModel)Model(ModelId.Create(tenant, name));

    public IModelActor Model(ModelId id) => _models.GetOrAdd(id, i => new FakeModel(i, this));

    public ICatalogActor Catalog(string tenant) => new FakeCatalog(this, tenant);

    public IGpuActor Gpu(string node) => _gpus.GetOrAdd(node, n => new FakeGpu(n));

    public IGpuCatalogActor GpuCatalog() => new FakeGpuCatalog(this);

    /// <summary>What the actors of LoRA versions need: these are the real ones.</summary>
    public Func<AdapterActorServices>? AdapterServices { get; set; }

    public IAdapterCatalogActor Adapters(string tenant, string baseModel) =>
        _catalogs.GetOrAdd((tenant, baseModel), k => new AdapterCatalogActor(k.Tenant, k.Base, AdapterServices!()));

    public IAdapterActor Adapter(string tenant, string baseModel, string version) => new AdapterActor(tenant, baseModel, version, AdapterServices!());

    private sealed class FakeGpuCatalog(FakeEngine engine) : IGpuCatalogActor
    {
        public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<string>>([.. engine._gpus.Values.Where(g => g.Reports.Count > 0).Select(g => g.Node).Order(StringComparer.Ordinal)]);
    }

    private sealed class FakeCatalog(FakeEngine engine, string tenant) : ICatalogActor
    {
        public Task ReportAsync(ModelStatus status, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task RemoveAsync(string model, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<ModelStatus>>(
                [.. engine._models.Values.Where(m => m.Exists && m.Id.Tenant == tenant).OrderBy(m => m.Id.Name, StringComparer.Ordinal).Select(m => m.Status())]);
    }
}
