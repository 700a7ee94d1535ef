namespace Drift.Core.Gpus;

/// <summary>The words for states in metrics and tables; those of JSON are the same.</summary>
public static class GpuNames
{
    /// <summary>The word for a driver's state.</summary>
    public static string Of(GpuDriverState state) => state switch
    {
        GpuDriverState.Ok => "ok",
        GpuDriverState.LibraryAbsent => "library_absent",
        GpuDriverState.LibraryUnusable => "library_unusable",
        GpuDriverState.DriverNotLoaded => "driver_not_loaded",
        GpuDriverState.VersionMismatch => "version_mismatch",
        GpuDriverState.NoPermission => "no_permission",
        GpuDriverState.NoDevices => "no_devices",
        GpuDriverState.NotResponding => "not_responding",
        GpuDriverState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>The word for a GPU's state.</summary>
    public static string Of(GpuState state) => state switch
    {
        GpuState.Present => "present",
        GpuState.Lost => "lost",
        GpuState.ResetRequired => "reset_required",
        GpuState.Vanished => "vanished",
        GpuState.Failed => "failed",
        GpuState.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
