namespace Drift.Actors.Adapters;

/// <summary>What came of a request to a deployer.</summary>
public enum DeploymentOutcome
{
    /// <summary>The serving engine has loaded the version.</summary>
    Loaded,

    /// <summary>The serving engine does not hold the version any more.</summary>
    Unloaded,

    /// <summary>It did not succeed and is not tried again.</summary>
    Failed,
}
