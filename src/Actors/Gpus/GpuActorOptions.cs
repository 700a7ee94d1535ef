namespace Drift.Actors.Gpus;

/// <summary>How the actors of GPU nodes keep what they are told.</summary>
public sealed class GpuActorOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:Gpus";

    /// <summary>How long samples are gathered before they are written in one transaction.</summary>
    /// <value>Default 10 seconds; 100 milliseconds to 5 minutes. A crash costs the samples of this time.</value>
    public TimeSpan WriteInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a node may be without a report before it counts as silent and its series vanish.</summary>
    /// <value>Default 1 minute; 1 second to 1 day.</value>
    /// <remarks>Longer than every node's polling interval.</remarks>
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a GPU that vanished is shown.</summary>
    /// <value>Default 1 day; 1 minute to 365 days.</value>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromDays(1);
}
