namespace Drift.Actors;

/// <summary>How fine samples are.</summary>
public enum GpuResolution
{
    /// <summary>As they were polled.</summary>
    Raw,

    /// <summary>One per minute.</summary>
    Minute,

    /// <summary>One per hour.</summary>
    Hour,
}
