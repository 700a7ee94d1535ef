namespace Drift.Actors.Training;

/// <summary>When a training run is in trouble.</summary>
public sealed class TrainingOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Training";

    /// <summary>Time without a point after which a run stalls.</summary>
    /// <value>10 minutes; 1 second to 7 days.</value>
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many times its best a loss must be for the run to diverge; a loss that is no number always does.</summary>
    /// <value>5; above 1, at most 1000.</value>
    public double DivergenceFactor { get; set; } = 5;

    /// <summary>Time without a point after which a run is given up and failed.</summary>
    /// <value>7 days; at least <see cref="StallAfter"/>, at most 90 days.</value>
    public TimeSpan AbandonAfter { get; set; } = TimeSpan.FromDays(7);
}
