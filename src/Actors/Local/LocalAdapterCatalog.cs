using Drift.Actors.Adapters;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the base model's actor.</summary>
internal sealed class LocalAdapterCatalog(LocalEngine engine, string tenant, string baseModel) : IAdapterCatalogActor
{
    public Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.RegisterAsync(registration, by, cancellationToken));

    public Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ChangeAsync(change, cancellationToken));

    public Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ReportDeploymentAsync(report, cancellationToken));

    public Task<bool> ReportMissingAsync(MissingReport report, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ReportMissingAsync(report, cancellationToken));

    public Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetAsync(version, cancellationToken));

    public Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.ListAsync(cancellationToken));

    public Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.GetPolicyAsync(cancellationToken));

    public Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.SetPolicyAsync(policy, cancellationToken));

    public Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.CompareAsync(versions, cancellationToken));

    public Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.EvaluateAsync(cancellationToken));

    private Task<T> CallAsync<T>(Func<AdapterCatalogActor, Task<T>> call) => engine.CallAdaptersAsync(tenant, baseModel, call);
}
