namespace Drift.Actors.Adapters;

/// <summary>
/// What a deployer says of a version that a serving engine should hold and does not: it restarted, and forgot what was loaded at run time. It may
/// come more than once, and from several hosts.
/// </summary>
public sealed record MissingReport
{
    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The deployer whose server was asked; a version that was registered with another one is not missing there.</summary>
    public string Deployer { get; init; } = "";
}
