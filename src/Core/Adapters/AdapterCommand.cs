namespace Drift.Core.Adapters;

/// <summary>What moves a LoRA version to another state: a person's or program's wish, a report of the deployer, or what follows from another version's change.</summary>
public enum AdapterCommand
{
    /// <summary>Its training began.</summary>
    Train,

    /// <summary>Its training ended well.</summary>
    Trained,

    /// <summary>Its validation began.</summary>
    Validate,

    /// <summary>Its validation ended well.</summary>
    Ready,

    /// <summary>Load it, and let it serve as canary.</summary>
    DeployCanary,

    /// <summary>Load it, and let it serve as champion.</summary>
    DeployChampion,

    /// <summary>The canary becomes the champion.</summary>
    Promote,

    /// <summary>Take it back from serving.</summary>
    Rollback,

    /// <summary>End it in good order.</summary>
    Retire,

    /// <summary>A step of it did not succeed.</summary>
    Fail,

    /// <summary>The deployer reports that it is loaded.</summary>
    Loaded,

    /// <summary>The deployer reports that it is not loaded any more.</summary>
    Unloaded,

    /// <summary>Another version becomes champion in its place.</summary>
    Replace,

    /// <summary>The champion after it was taken back: it is to be champion again.</summary>
    Reinstate,
}
