namespace Drift.Delivery.Alerts;

/// <summary>A Prometheus Alertmanager, or several that form a cluster.</summary>
public sealed class AlertmanagerOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Alerts:Alertmanager";

    /// <summary>Its base address, without <c>/api/v2</c>; of a cluster all members, separated by commas, because each must be told.</summary>
    /// <value>none</value>
    public string? Url { get; set; }

    /// <summary>How often alerts that are open are sent again. Four times as long after the last time Alertmanager takes them for over.</summary>
    /// <value>1 minute; 100 ms to 1 hour.</value>
    public TimeSpan ResendInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long what was sent holds without being sent again.</summary>
    internal TimeSpan Validity => 4 * ResendInterval;

    internal IReadOnlyList<string> Urls => (Url ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
