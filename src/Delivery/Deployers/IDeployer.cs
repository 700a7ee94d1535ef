using Drift.Actors.Adapters;

namespace Drift.Delivery.Deployers;

/// <summary>
/// Makes a serving engine load or unload an adapter. Asked again it changes nothing: what is loaded already is loaded, what is not there is
/// unloaded. Thread-safe.
/// </summary>
internal interface IDeployer
{
    /// <summary>How long an attempt may take.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Tries once to have it loaded, and looks whether it is.</summary>
    Task<DeliveryResult> LoadAsync(DeploymentRequest request, CancellationToken cancellationToken);

    /// <summary>Tries once to have it unloaded, and looks whether it is.</summary>
    Task<DeliveryResult> UnloadAsync(DeploymentRequest request, CancellationToken cancellationToken);

    /// <summary>Whether <see cref="FindMissingAsync"/> finds something: not every engine can be asked.</summary>
    bool KnowsWhatIsLoaded => false;

    /// <summary>
    /// Which of these names a server that answers does not hold. Of one that does not answer nothing is said: it may be on its way back, and what
    /// it holds then is seen then.
    /// </summary>
    Task<IReadOnlyCollection<string>> FindMissingAsync(IReadOnlyCollection<string> loraNames, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<string>>([]);
}
