namespace Drift.Core.Adapters;

/// <summary>Where a LoRA version is in its life. What leads from one to the next is in <see cref="AdapterLifecycle"/>.</summary>
public enum AdapterState
{
    /// <summary>It is known; nothing of it exists yet.</summary>
    Registered,

    /// <summary>It is being trained.</summary>
    Training,

    /// <summary>Its weights exist.</summary>
    Trained,

    /// <summary>It is being checked before it may serve.</summary>
    Validating,

    /// <summary>It may be deployed.</summary>
    Ready,

    /// <summary>The serving engine was asked to load it.</summary>
    Loading,

    /// <summary>It answers requests, in its <see cref="AdapterRole"/>.</summary>
    Serving,

    /// <summary>It is to answer no more requests; the serving engine was asked to unload it.</summary>
    Draining,

    /// <summary>Its time is over. A champion that was replaced may come back from here.</summary>
    Retired,

    /// <summary>A step of it did not succeed.</summary>
    Failed,

    /// <summary>It served and was taken back.</summary>
    RolledBack,
}
