namespace Drift.Delivery.Alerts;

/// <summary>A channel of Slack, or of anything that takes its messages (Mattermost, Rocket.Chat, Discord).</summary>
public sealed class SlackOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Alerts:Slack";

    /// <summary>The incoming webhook. It is a secret: never shown or logged.</summary>
    /// <value>none</value>
    public string? Url { get; set; }
}
