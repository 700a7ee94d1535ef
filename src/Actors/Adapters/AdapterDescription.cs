using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>A LoRA version as it is.</summary>
public sealed record AdapterDescription
{
    /// <summary>Whose it is.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The model that it adapts.</summary>
    public string BaseModel { get; init; } = "";

    /// <summary>Its name within the base model.</summary>
    public string Version { get; init; } = "";

    /// <summary>The monitored model whose rows carry it.</summary>
    public string? Model { get; init; }

    /// <summary>Its name in the serving engine.</summary>
    public string LoraName { get; init; } = "";

    /// <summary>Who loads it; <see cref="DeploymentRequest.NoDeployer"/> for nobody.</summary>
    public string Deployer { get; init; } = DeploymentRequest.NoDeployer;

    /// <summary>Where its weights are.</summary>
    public string? ArtifactUri { get; init; }

    /// <summary>How it was trained.</summary>
    public AdapterTraining Training { get; init; } = new();

    /// <summary>What else is kept with it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it is in its life.</summary>
    public AdapterState State { get; init; }

    /// <summary>What it serves as, or will when it is loaded.</summary>
    public AdapterRole? Role { get; init; }

    /// <summary>Whether it is the champion.</summary>
    public bool IsActive => State == AdapterState.Serving && Role == AdapterRole.Champion;

    /// <summary>When it was registered.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it began to serve last; null when it never did.</summary>
    public DateTimeOffset? DeployedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The sequence of its latest transition.</summary>
    public long Sequence { get; init; }

    /// <summary>What the latest transition said, or its deployer since.</summary>
    public string? Message { get; init; }

    /// <summary>The version that was champion when it became champion.</summary>
    public string? Replaced { get; init; }

    /// <summary>The request to the deployer that is not answered yet.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>The share of requests that it is given as canary, as the caller said.</summary>
    public double? Share { get; init; }

    /// <summary>Of a canary, and of one that was: how it compares with the champion.</summary>
    public CanaryStatus? Canary { get; init; }
}
