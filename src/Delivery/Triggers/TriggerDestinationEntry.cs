namespace Drift.Delivery.Triggers;

/// <summary>A trainer that triggers are sent to.</summary>
public sealed class TriggerDestinationEntry
{
    /// <summary>The name by which policies name it: 1 to 63 of <c>a-z 0-9 - _</c>, starting with a letter or digit.</summary>
    /// <value>none: <c>trainer-</c> and its index.</value>
    public string? Name { get; set; }

    /// <summary>Where triggers are posted. May hold secrets: never shown or logged.</summary>
    public string? Url { get; set; }

    /// <summary>What triggers and call-backs are signed with: text, or Base64 behind <c>whsec_</c>; 16 bytes or more. Never shown or logged.</summary>
    public string? Secret { get; set; }
}
