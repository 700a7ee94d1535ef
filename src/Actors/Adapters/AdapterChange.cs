using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>A wish to move a LoRA version to another state.</summary>
public sealed record AdapterChange
{
    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>What to do; not one of those that only the deployer or the catalog itself may give.</summary>
    public AdapterCommand Command { get; init; }

    /// <summary>Who wishes it, at most 200 characters: the name of an API key, <c>policy</c>, <c>mlflow</c> …</summary>
    public string By { get; init; } = "";

    /// <summary>Why, at most 1 000 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// An id of the wish, at most 200 characters: one that came before for the version changes nothing and is answered with the version as
    /// it is. Null: the wish is new.
    /// </summary>
    public string? RequestId { get; init; }

    /// <summary>With <see cref="AdapterCommand.Trained"/>: what training gave; members that are null leave what is known.</summary>
    public AdapterTraining? Training { get; init; }

    /// <summary>With <see cref="AdapterCommand.Trained"/>: where the weights are.</summary>
    public string? ArtifactUri { get; init; }

    /// <summary>With <see cref="AdapterCommand.DeployCanary"/>: the share of requests that the gateway gives it, above 0 up to 1. Only recorded.</summary>
    public double? Share { get; init; }
}
