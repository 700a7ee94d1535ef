namespace Drift.Core.Gpus;

/// <summary>How a node's GPU driver answers.</summary>
public enum GpuDriverState
{
    /// <summary>It answers and has GPUs.</summary>
    Ok,

    /// <summary>NVML's library is not on the node; one without an NVIDIA driver looks like this.</summary>
    LibraryAbsent,

    /// <summary>The library is there and cannot be used: not for this processor, or too old to have what is needed.</summary>
    LibraryUnusable,

    /// <summary>The library is there, the kernel driver is not loaded.</summary>
    DriverNotLoaded,

    /// <summary>Library and kernel driver are of different versions, as between an upgrade and its restart.</summary>
    VersionMismatch,

    /// <summary>The process may not use the driver: the device files are not there for it, or a control group blocks them.</summary>
    NoPermission,

    /// <summary>The driver works and has no GPU.</summary>
    NoDevices,

    /// <summary>A call into the driver did not come back in time; nothing is known until it does.</summary>
    NotResponding,

    /// <summary>The driver answers with another error.</summary>
    Failed,
}
