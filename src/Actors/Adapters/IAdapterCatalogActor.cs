namespace Drift.Actors.Adapters;

/// <summary>
/// The LoRA versions of one base model of a tenant. It alone decides what state each is in: one champion at most, because one actor
/// decides, because a second activation's write is refused as a whole, and because the database refuses a second champion.
/// Methods throw <see cref="DriftException"/> when a request cannot be served; nothing has changed then.
/// </summary>
public interface IAdapterCatalogActor
{
    /// <summary>Registers a version. The same registration again changes nothing and is answered with the version as it is.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Conflict"/>: the version is registered with other content.</exception>
    Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default);

    /// <summary>Moves a version to another state, with all that follows for others, in one transaction.</summary>
    /// <exception cref="DriftException">
    /// <see cref="DriftError.NotFound"/>: no such version; <see cref="DriftError.Conflict"/>: not from the state that it is in, the message names what is.
    /// </exception>
    Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes what a deployer reports. A report that came before, one of an older request, and one of a version that is not known change
    /// nothing; false then.
    /// </summary>
    Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has a version that serves loaded again, because its serving engine does not hold it. False when nothing is asked for: the version does not
    /// serve there, a request of it is under way, or the latest was a moment ago, each time a longer one while it is lost again and again.
    /// </summary>
    Task<bool> ReportMissingAsync(MissingReport report, CancellationToken cancellationToken = default);

    /// <summary>A version.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: no such version.</exception>
    Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default);

    /// <summary>All versions, the latest registered first.</summary>
    Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>How canaries are judged.</summary>
    Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets how canaries are judged; the running one from its next evaluation on.</summary>
    Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default);

    /// <summary>Versions side by side.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: one of them does not exist.</exception>
    Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default);

    /// <summary>Looks at the canary now, promotes or rolls back as the policy says; the canary's version as it is then, null without one.</summary>
    Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default);
}
