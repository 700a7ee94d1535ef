namespace Drift.Delivery.Alerts;

/// <summary>A receiver of alerts as signed JSON.</summary>
public sealed class WebhookEntry
{
    /// <summary>Its name in lists and logs: 1 to 63 of <c>a-z 0-9 - _</c>, starting with a letter or digit.</summary>
    /// <value>none: <c>webhook-</c> and its index.</value>
    public string? Name { get; set; }

    /// <summary>Where alerts are posted. May hold secrets: never shown or logged.</summary>
    public string? Url { get; set; }

    /// <summary>What they are signed with: text, or Base64 behind <c>whsec_</c>; 16 bytes or more. Never shown or logged.</summary>
    public string? Secret { get; set; }
}
