using System.Collections.Concurrent;
using Drift.Actors;

namespace Drift.Api.Tests.Support;

/// <summary>Models in memory, without statistics: enough to see what the API asks of them.</summary>
internal sealed class FakeEngine : IDriftEngine
{
    private readonly ConcurrentDictionary<ModelId, FakeModel> _models = new();
    private readonly ConcurrentDictionary<string, FakeGpu> _gpus = new();

    /// <summary>Thrown by every call to a model, when set.</summary>
    public Exception? Failure { get; set; }

    public FakeModel Of(string name, string tenant = ModelId.DefaultTenant) => (FakeModel)Model(ModelId.Create(tenant, name));

    public IModelActor Model(ModelId id) => _models.GetOrAdd(id, i => new FakeModel(i, this));

    public ICatalogActor Catalog(string tenant) => new FakeCatalog(this, tenant);

    public IGpuActor Gpu(string node) => _gpus.GetOrAdd(node, n => new FakeGpu(n));

    /// <summary>Where triggers and training runs are; set by the host.</summary>
    public Func<IDriftEngine> Real { get; init; } = () => throw new NotSupportedException("This engine has no triggers.");

    public ITriggerActor Trigger(ModelId model) => Real().Trigger(model);

    public ITrainingActor Training(string tenant, string run) => Real().Training(tenant, run);

    public IGpuCatalogActor GpuCatalog() => new FakeGpuCatalog(this);

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
