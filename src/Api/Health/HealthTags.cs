namespace Drift.Api.Health;

/// <summary>
/// Which probes a health check is part of: a host registers what it depends on with these tags, storage with
/// <see cref="Ready"/> and <see cref="Startup"/>. Nothing is tagged live: that probe only says that the process answers.
/// </summary>
public static class HealthTags
{
    /// <summary><c>/health/startup</c>.</summary>
    public const string Startup = "startup";

    /// <summary><c>/health/ready</c>.</summary>
    public const string Ready = "ready";
}
