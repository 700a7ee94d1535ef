using System.Runtime.InteropServices;
using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>
/// NVML as it is on this machine. Imported functions bind once per process, so the first library that is opened serves the process;
/// it stays loaded. Until one is there, opening may be tried again at any time. Thread-safe.
/// </summary>
internal sealed class NvmlLibrary
{
    private static readonly Lock Gate = new();
    private static readonly string[] Required =
    [
        "nvmlInit_v2", "nvmlShutdown", "nvmlDeviceGetCount_v2", "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetName", "nvmlDeviceGetUUID",
        "nvmlDeviceGetUtilizationRates", "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetTemperature", "nvmlDeviceGetPowerUsage", "nvmlDeviceGetClockInfo",
    ];

    private static NvmlLibrary? _loaded;

    private readonly nint _handle;

    private NvmlLibrary(nint handle)
    {
        _handle = handle;
        MemoryV2 = Has("nvmlDeviceGetMemoryInfo_v2");
        FieldValues = Has("nvmlDeviceGetFieldValues");
        EnforcedPowerLimit = Has("nvmlDeviceGetEnforcedPowerLimit");
        Energy = Has("nvmlDeviceGetTotalEnergyConsumption");
        PcieReplay = Has("nvmlDeviceGetPcieReplayCounter");
        Ecc = Has("nvmlDeviceGetTotalEccErrors");
        RemappedRows = Has("nvmlDeviceGetRemappedRows");
        ClocksEventReasons = Has("nvmlDeviceGetCurrentClocksEventReasons");
        ClocksThrottleReasons = Has("nvmlDeviceGetCurrentClocksThrottleReasons");
        ComputeProcesses = Has("nvmlDeviceGetComputeRunningProcesses_v3");
        GraphicsProcesses = Has("nvmlDeviceGetGraphicsRunningProcesses_v3");
        Mig = Has("nvmlDeviceGetMigMode") && Has("nvmlDeviceGetMaxMigDeviceCount") && Has("nvmlDeviceGetMigDeviceHandleByIndex")
            && Has("nvmlDeviceGetGpuInstanceId") && Has("nvmlDeviceGetComputeInstanceId");
        Events = Has("nvmlEventSetCreate") && Has("nvmlDeviceRegisterEvents") && Has("nvmlEventSetWait_v2") && Has("nvmlEventSetFree");
        MinorNumber = Has("nvmlDeviceGetMinorNumber");
        PciInfo = Has("nvmlDeviceGetPciInfo_v3");
        DriverVersion = Has("nvmlSystemGetDriverVersion");
        NvmlVersion = Has("nvmlSystemGetNVMLVersion");
    }

    // What this version of the library has beside the required.
    public bool MemoryV2 { get; }

    public bool FieldValues { get; }

    public bool EnforcedPowerLimit { get; }

    public bool Energy { get; }

    public bool PcieReplay { get; }

    public bool Ecc { get; }

    public bool RemappedRows { get; }

    public bool ClocksEventReasons { get; }

    public bool ClocksThrottleReasons { get; }

    public bool ComputeProcesses { get; }

    public bool GraphicsProcesses { get; }

    public bool Mig { get; }

    public bool Events { get; }

    public bool MinorNumber { get; }

    public bool PciInfo { get; }

    public bool DriverVersion { get; }

    public bool NvmlVersion { get; }

    /// <summary>Opens the library at a path, or by the name that the system searches for.</summary>
    /// <param name="path">Null for the system's own.</param>
    /// <param name="library">The library, when the state is <see cref="GpuDriverState.Ok"/>.</param>
    /// <param name="detail">What is wrong, for a person.</param>
    public static GpuDriverState Open(string? path, out NvmlLibrary? library, out string? detail)
    {
        var name = path ?? NvmlNative.LibraryName;
        lock (Gate)
        {
            library = null;
            detail = null;
            nint handle;
            try
            {
                handle = NativeLibrary.Load(name);
            }
            catch (DllNotFoundException)
            {
                // The loader says the same of a file that is not there and of one that it cannot use; only a path tells them apart.
                var there = Path.IsPathRooted(name) && File.Exists(name);
                detail = there
                    ? $"{name} is there and cannot be loaded: its processor or a library that it needs is another one."
                    : $"{name} is not on this machine. With an NVIDIA driver it is; in a container the NVIDIA runtime brings it in.";
                return there ? GpuDriverState.LibraryUnusable : GpuDriverState.LibraryAbsent;
            }
            catch (BadImageFormatException)
            {
                detail = $"{name} is no library for this processor.";
                return GpuDriverState.LibraryUnusable;
            }

            foreach (var function in Required)
            {
                if (!NativeLibrary.TryGetExport(handle, function, out _))
                {
                    NativeLibrary.Free(handle);
                    detail = $"{name} lacks {function}: the driver is too old, or this is no NVML.";
                    return GpuDriverState.LibraryUnusable;
                }
            }

            if (_loaded is null)
            {
                _loaded = new NvmlLibrary(handle);
                NativeLibrary.SetDllImportResolver(
                    typeof(NvmlNative).Assembly, static (wanted, _, _) => wanted == NvmlNative.LibraryName ? _loaded!._handle : 0);
            }
            else
            {
                // The loader counts: this only gives back what was just taken.
                NativeLibrary.Free(handle);
                if (handle != _loaded._handle)
                {
                    detail = $"Another NVML is loaded in this process already; {name} can be used after a restart.";
                    return GpuDriverState.LibraryUnusable;
                }
            }

            library = _loaded;
            return GpuDriverState.Ok;
        }
    }

    private bool Has(string function) => NativeLibrary.TryGetExport(_handle, function, out _);
}
