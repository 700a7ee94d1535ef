namespace Drift.Actors.Adapters;

/// <summary>How LoRA versions are followed.</summary>
public sealed class AdapterActorOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Adapters";

    /// <summary>Time between two looks at canaries and at what adapters in service do.</summary>
    /// <value>30 seconds; 1 second to 1 hour.</value>
    public TimeSpan EvaluationInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Shortest time between two figures of the same kind in <c>lora_performance</c>; those of a decision are written at once.</summary>
    /// <value>1 minute; 1 second to 1 day.</value>
    public TimeSpan PerformanceInterval { get; set; } = TimeSpan.FromMinutes(1);
}
