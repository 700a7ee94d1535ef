namespace Drift.Core.Gpus;

/// <summary>Whether a GPU answers.</summary>
public enum GpuState
{
    /// <summary>It does.</summary>
    Present,

    /// <summary>It has fallen off the bus.</summary>
    Lost,

    /// <summary>It must be reset before it works again.</summary>
    ResetRequired,

    /// <summary>It was there before and the driver no longer lists it.</summary>
    Vanished,

    /// <summary>The driver lists it and cannot read it.</summary>
    Failed,

    /// <summary>Nothing is known, because the driver does not answer.</summary>
    Unknown,
}
