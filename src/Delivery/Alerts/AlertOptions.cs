namespace Drift.Delivery.Alerts;

/// <summary>What all alerts say.</summary>
public sealed class AlertOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Alerts";

    /// <summary>The address under which people reach this host, for the links in alerts; without it they have none.</summary>
    /// <value>none</value>
    public string? ExternalUrl { get; set; }
}
