namespace Drift.Api.Options;

/// <summary>How the API answers.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:Api";

    /// <summary>How often an event stream without news says that it is alive.</summary>
    /// <value>Default 15 seconds; 100 milliseconds to 5 minutes.</value>
    /// <remarks>Keep it below the idle time after which proxies on the way close connections.</remarks>
    public TimeSpan EventsHeartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many models a request over all models asks at a time.</summary>
    /// <value>Default 16; 1 to 256.</value>
    public int MaxConcurrentModels { get; set; } = 16;
}
