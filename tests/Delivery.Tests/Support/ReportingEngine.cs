using System.Collections.Concurrent;
using Drift.Actors;
using Drift.Actors.Adapters;

namespace Drift.Delivery.Tests.Support;

/// <summary>An engine that keeps what deployers report to base models' catalogs; nothing else is asked of it.</summary>
internal sealed class ReportingEngine : IDriftEngine
{
    private readonly ConcurrentQueue<(string Tenant, string BaseModel, DeploymentReport Report)> _reports = new();

    /// <summary>Thrown by the next reports, as long as there are some.</summary>
    public ConcurrentQueue<DriftException> Failures { get; } = new();

    public IReadOnlyList<(string Tenant, string BaseModel, DeploymentReport Report)> Reports => [.. _reports];

    /// <summary>What was said to be missing.</summary>
    public ConcurrentQueue<(string Tenant, string BaseModel, MissingReport Report)> Missing { get; } = new();

    public IModelActor Model(ModelId id) => throw new NotSupportedException();

    public ICatalogActor Catalog(string tenant) => throw new NotSupportedException();

    public IGpuActor Gpu(string node) => throw new NotSupportedException();

    public ITriggerActor Trigger(ModelId model) => throw new NotSupportedException();

    public ITrainingActor Training(string tenant, string run) => throw new NotSupportedException();

    public IGpuCatalogActor GpuCatalog() => throw new NotSupportedException();

    public IAdapterActor Adapter(string tenant, string baseModel, string version) => throw new NotSupportedException();

    public IAdapterCatalogActor Adapters(string tenant, string baseModel) => new Catalogue(this, tenant, baseModel);

    private sealed class Catalogue(ReportingEngine engine, string tenant, string baseModel) : IAdapterCatalogActor
    {
        public Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default)
        {
            if (engine.Failures.TryDequeue(out var failure))
                return Task.FromException<bool>(failure);
            engine._reports.Enqueue((tenant, baseModel, report));
            return Task.FromResult(true);
        }

        public Task<bool> ReportMissingAsync(MissingReport report, CancellationToken cancellationToken = default)
        {
            if (engine.Failures.TryDequeue(out var failure))
                return Task.FromException<bool>(failure);
            engine.Missing.Enqueue((tenant, baseModel, report));
            return Task.FromResult(true);
        }

        public Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
