namespace Drift.Storage;

/// <summary>How long history, the prediction log and GPU samples are kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Drift:Retention";

    /// <summary>How long verdicts are kept (<c>drift_metrics</c>, <c>feature_drift</c>, <c>ml_metrics</c>), by the time of evaluation.</summary>
    /// <value>90 days. One minute to 36 500 days.</value>
    public TimeSpan DriftMetrics { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long predictions and labels are kept (<c>predictions</c>, <c>labels</c>), by the time of arrival.</summary>
    /// <value>30 days. One minute to 36 500 days.</value>
    /// <remarks>A label that comes later than this finds no prediction and does not count.</remarks>
    public TimeSpan Predictions { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long resolved alerts (<c>alerts</c>) and ended silences (<c>silences</c>) are kept, from their end.</summary>
    /// <value>90 days. One minute to 36 500 days.</value>
    public TimeSpan Alerts { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long messages that were delivered or given up are kept (<c>outbox</c>), from then on.</summary>
    /// <value>30 days. One minute to 36 500 days.</value>
    public TimeSpan Outbox { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long GPU samples are kept as they were polled (<c>gpu_samples</c> of resolution <c>raw</c>).</summary>
    /// <value>6 hours. Two hours to 36 500 days.</value>
    /// <remarks>A report may come an hour late, and its minute is then made again from all of these.</remarks>
    public TimeSpan GpuRaw { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long GPU samples per minute are kept.</summary>
    /// <value>14 days. One day to 36 500 days.</value>
    public TimeSpan GpuMinutes { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long GPU samples per hour are kept, and nodes that do not report any more.</summary>
    /// <value>400 days. One day to 36 500 days.</value>
    public TimeSpan GpuHours { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long fine-tuning triggers that are over are kept (<c>finetuning_triggers</c>), from their end.</summary>
    /// <value>400 days. One day to 36 500 days.</value>
    public TimeSpan Triggers { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long training runs that ended are kept (<c>training_runs</c>), from their end, and their points (<c>training_metrics</c>).</summary>
    /// <value>400 days. One day to 36 500 days.</value>
    public TimeSpan Training { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How often is swept.</summary>
    /// <value>1 hour. One second to one day.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
