using Drift.Actors.Adapters;
using Drift.Core.Adapters;

namespace Drift.Api.Wire;

/// <summary>A LoRA version to register.</summary>
internal sealed record AdapterRequest
{
    /// <summary>The model that it adapts.</summary>
    public required string BaseModel { get; init; }

    /// <summary>Its name within the base model; the value of <c>adapter</c> in rows.</summary>
    public required string Version { get; init; }

    /// <summary>The monitored model whose rows carry it.</summary>
    public string? Model { get; init; }

    /// <summary>Its name in the serving engine; the version without.</summary>
    public string? LoraName { get; init; }

    /// <summary>Who loads it; nobody without.</summary>
    public string? Deployer { get; init; }

    /// <summary>Where its weights are.</summary>
    public string? ArtifactUri { get; init; }

    /// <summary>How it was or will be trained.</summary>
    public AdapterTraining Training { get; init; } = new();

    /// <summary>What else is to be kept with it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>How far it has come already: <c>registered</c>, <c>training</c> or <c>trained</c>.</summary>
    public AdapterState State { get; init; } = AdapterState.Registered;

    /// <summary>Who registers it.</summary>
    public string By { get; init; } = "api";
}

/// <summary>What to do with a LoRA version.</summary>
internal sealed record TransitionRequest
{
    /// <summary>What to do.</summary>
    public required AdapterCommand Command { get; init; }

    /// <summary>Who does it.</summary>
    public string By { get; init; } = "api";

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>With <c>trained</c>: what training gave.</summary>
    public AdapterTraining? Training { get; init; }

    /// <summary>With <c>trained</c>: where the weights are.</summary>
    public string? ArtifactUri { get; init; }

    /// <summary>With <c>deploy_canary</c>: the share of requests that the gateway gives it. Only recorded.</summary>
    public double? Share { get; init; }
}

/// <summary>LoRA versions, the latest registered first.</summary>
internal sealed record AdapterList(string Tenant, int Count, IReadOnlyList<AdapterDescription> Adapters);

/// <summary>A LoRA version with its transitions, the first first.</summary>
internal sealed record AdapterPage(AdapterDescription Adapter, IReadOnlyList<AdapterTransition> Transitions);

/// <summary>The canary of a base model after it was looked at; absent without one.</summary>
internal sealed record CanaryPage(string BaseModel, AdapterDescription? Canary);

/// <summary>Figures of a LoRA version, the latest first.</summary>
internal sealed record AdapterPerformancePage(string BaseModel, string Version, DateTimeOffset From, IReadOnlyList<AdapterPerformancePoint> Points);

/// <summary>Figures of a LoRA version that were measured elsewhere.</summary>
internal sealed record AdapterPerformanceRequest
{
    /// <summary>The figures; <c>version</c> is the route's, and a time that is left out is now.</summary>
    public required IReadOnlyList<AdapterPerformancePoint> Points { get; init; }
}

/// <summary>How many figures are kept now.</summary>
internal sealed record AdapterPerformanceReceipt(int Accepted);

/// <summary>How the canaries of a base model are judged.</summary>
internal sealed record AdapterPolicyBody
{
    /// <summary>Whether canaries are promoted and rolled back without a person.</summary>
    public bool Automatic { get; init; } = true;

    /// <summary><c>better</c> or <c>not_worse</c>.</summary>
    public CanaryVerdict PromoteWhen { get; init; } = CanaryVerdict.NotWorse;

    /// <summary>By how much of accuracy a canary may be worse and still count as not worse.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>A canary is rolled back when it is worse by more than this.</summary>
    public double RollbackMargin { get; init; }

    /// <summary>The share of canaries without a difference that may be decided wrongly.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Rows with labels that both must have.</summary>
    public long MinSamples { get; init; } = 100;

    /// <summary>A canary that is undecided for longer is rolled back.</summary>
    public double MaxDurationHours { get; init; } = 168;

    public static AdapterPolicyBody Of(AdapterPolicy policy) => new()
    {
        Automatic = policy.Automatic,
        PromoteWhen = policy.PromoteWhen,
        Margin = policy.Margin,
        RollbackMargin = policy.RollbackMargin,
        Alpha = policy.Alpha,
        MinSamples = policy.MinSamples,
        MaxDurationHours = policy.MaxDuration.TotalHours,
    };

    public AdapterPolicy ToPolicy() => new()
    {
        Automatic = Automatic,
        PromoteWhen = PromoteWhen,
        Margin = Margin,
        RollbackMargin = RollbackMargin,
        Alpha = Alpha,
        MinSamples = MinSamples,
        // Out of range in either direction is refused with the range.
        MaxDuration = TimeSpan.FromHours(Math.Clamp(MaxDurationHours, 0, 100_000)),
    };
}
