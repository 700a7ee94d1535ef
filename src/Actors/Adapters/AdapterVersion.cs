using Drift.Actors.Alerts;
using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>A LoRA version as its catalog keeps it. Members have setters: the serializer would take the defaults of init-only ones away.</summary>
internal sealed record AdapterVersion
{
    public string Version { get; set; } = "";

    public string? Model { get; set; }

    public string LoraName { get; set; } = "";

    public string Deployer { get; set; } = DeploymentRequest.NoDeployer;

    public string? ArtifactUri { get; set; }

    public AdapterTraining Training { get; set; } = new();

    public IReadOnlyDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();

    /// <summary>What it was registered with, to know the same registration again.</summary>
    public string Fingerprint { get; set; } = "";

    public AdapterState State { get; set; }

    public AdapterRole? Role { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DeployedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Sequence { get; set; }

    public string? Message { get; set; }

    public string? Replaced { get; set; }

    /// <summary>Whether it was trained once: without, there is nothing to validate.</summary>
    public bool WasTrained { get; set; }

    /// <summary>Whether the serving engine holds it, as far as is known.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>The request that the deployer has not answered.</summary>
    public PendingDeployment? Deployment { get; set; }

    /// <summary>How often and when it was asked for again because its server had lost it; null when never.</summary>
    public ReloadTrack? Reload { get; set; }

    /// <summary>It is to be champion again as soon as the deployer has unloaded it.</summary>
    public bool ReturnsWhenUnloaded { get; set; }

    public double? Share { get; set; }

    public CanaryTrack? Canary { get; set; }

    public CanaryStatus? CanaryStatus { get; set; }

    /// <summary>The alert that is open about it.</summary>
    public Alert? Alert { get; set; }

    /// <summary>Whether anybody was told of that alert.</summary>
    public bool AlertTold { get; set; }

    /// <summary>Ids of the latest requests that changed it.</summary>
    public IReadOnlyList<string> Requests { get; set; } = [];

    public AdapterPhase Phase => new(State, Role);

    public AdapterDescription Describe(string tenant, string baseModel) => new()
    {
        Tenant = tenant,
        BaseModel = baseModel,
        Version = Version,
        Model = Model,
        LoraName = LoraName,
        Deployer = Deployer,
        ArtifactUri = ArtifactUri,
        Training = Training,
        Metadata = Metadata,
        State = State,
        Role = Role,
        CreatedAt = CreatedAt,
        DeployedAt = DeployedAt,
        UpdatedAt = UpdatedAt,
        Sequence = Sequence,
        Message = Message,
        Replaced = Replaced,
        DeploymentId = Deployment?.Id,
        Share = Share,
        Canary = CanaryStatus,
    };
}

/// <summary>A request to a deployer that is not answered.</summary>
internal sealed record PendingDeployment
{
    public string Id { get; set; } = "";

    /// <summary>Whether it is one to load; else one to unload.</summary>
    public bool Loads { get; set; }
}

/// <summary>What is remembered of requests to load a version again that its server had lost.</summary>
internal sealed record ReloadTrack
{
    /// <summary>How many there were: part of their ids, so never set back.</summary>
    public int Count { get; set; }

    /// <summary>When the latest was made.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>For how long after it no other one is.</summary>
    public TimeSpan Pause { get; set; }
}
