namespace Drift.Actors.Adapters;

/// <summary>What a deployer says of a request to load or unload a LoRA version. It may come more than once.</summary>
public sealed record DeploymentReport
{
    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The id of the request, <see cref="DeploymentRequest.Id"/>.</summary>
    public string DeploymentId { get; init; } = "";

    /// <summary>What came of it.</summary>
    public DeploymentOutcome Outcome { get; init; }

    /// <summary>What there is to say, for a person; of a failure its cause. At most 1 000 characters count.</summary>
    public string? Message { get; init; }
}
