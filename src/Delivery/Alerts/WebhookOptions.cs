namespace Drift.Delivery.Alerts;

/// <summary>The receivers of alerts as signed JSON.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Alerts:Webhooks";

    /// <summary>The receivers.</summary>
    public IList<WebhookEntry> Webhooks { get; } = [];

    /// <summary>The name of the receiver at an index.</summary>
    internal string NameAt(int index) =>
        string.IsNullOrEmpty(Webhooks[index].Name) ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"webhook-{index}") : Webhooks[index].Name!;
}
