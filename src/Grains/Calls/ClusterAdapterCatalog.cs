using Drift.Actors.Adapters;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>
/// The LoRA versions of a base model, called again when a silo died under the call: a registration is known again by its content, a change by
/// the id of its request, a report by the id of its deployment, a loss by the request that follows from it.
/// </summary>
internal sealed class ClusterAdapterCatalog(IAdapterCatalogGrain grain, CallRetry retry) : IAdapterCatalogActor
{
    public Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default)
    {
        // As a dictionary that every silo knows by name.
        var sent = registration with { Metadata = registration.Metadata.ToDictionary() };
        return RunAsync(() => grain.RegisterAsync(sent, by, cancellationToken), cancellationToken);
    }

    public Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default)
    {
        var sent = change with { RequestId = change.RequestId ?? $"auto-{Guid.NewGuid():N}" };
        return RunAsync(() => grain.ChangeAsync(sent, cancellationToken), cancellationToken);
    }

    public Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.ReportDeploymentAsync(report, cancellationToken), cancellationToken);

    public Task<bool> ReportMissingAsync(MissingReport report, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.ReportMissingAsync(report, cancellationToken), cancellationToken);

    public Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.GetAsync(version, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.ListAsync(cancellationToken), cancellationToken);

    public Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default) => RunAsync(() => grain.GetPolicyAsync(cancellationToken), cancellationToken);

    public Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.SetPolicyAsync(policy, cancellationToken), cancellationToken);

    public Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default)
    {
        var sent = versions.ToArray();
        return RunAsync(() => grain.CompareAsync(sent, cancellationToken), cancellationToken);
    }

    public Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default) => RunAsync(() => grain.EvaluateAsync(cancellationToken), cancellationToken);

    private Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => retry.RunAsync(call, repeatable: true, cancellationToken);
}
