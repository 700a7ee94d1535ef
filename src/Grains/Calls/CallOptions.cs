namespace Drift.Grains.Calls;

/// <summary>How long calls to actors are tried.</summary>
public sealed class CallOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Calls";

    /// <summary>Time after which a call that found no living silo is answered with 503. Also Orleans' own limit for one attempt.</summary>
    /// <value>30 seconds; 1 second to 5 minutes.</value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);
}
