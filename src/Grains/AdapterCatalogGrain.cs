using Drift.Actors.Adapters;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;

namespace Drift.Grains;

/// <summary>Hosts the actor of a base model's LoRA versions.</summary>
[GrainType(GrainKeys.AdaptersType)]
[Reentrant]
public sealed class AdapterCatalogGrain(AdapterActorServices services) : ActorGrain<AdapterCatalogActor>, IAdapterCatalogGrain
{
    /// <inheritdoc/>
    public Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.RegisterAsync(registration, by, cancellationToken));

    /// <inheritdoc/>
    public Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ChangeAsync(change, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ReportDeploymentAsync(report, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> ReportMissingAsync(MissingReport report, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ReportMissingAsync(report, cancellationToken));

    /// <inheritdoc/>
    public Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetAsync(version, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.ListAsync(cancellationToken)));

    /// <inheritdoc/>
    public Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.GetPolicyAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.SetPolicyAsync(policy, cancellationToken));

    /// <inheritdoc/>
    public Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.CompareAsync(versions, cancellationToken));

    /// <inheritdoc/>
    public Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.EvaluateAsync(cancellationToken));

    /// <inheritdoc/>
    protected override AdapterCatalogActor Create()
    {
        var (tenant, baseModel) = GrainKeys.AdaptersOf(Key);
        return new AdapterCatalogActor(tenant, baseModel, services);
    }
}
