using System.Runtime.InteropServices;

namespace Drift.Telemetry.Nvml;

/// <summary>
/// The functions of NVML that are used, by the names that <c>nvml.h</c> gives their latest versions. Not all are in every driver:
/// <see cref="NvmlLibrary"/> says which may be called.
/// </summary>
internal static unsafe partial class NvmlNative
{
    /// <summary>The name under which the driver installs the library.</summary>
    public const string LibraryName = "libnvidia-ml.so.1";

    public const int ClockSm = 1;
    public const int ClockMemory = 2;
    public const int TemperatureGpu = 0;
    public const int ErrorCorrected = 0;
    public const int ErrorUncorrected = 1;
    public const int CounterVolatile = 0;
    public const int CounterAggregate = 1;
    public const uint FieldMemoryTemperature = 82;
    public const ulong EventXid = 0x8;

    [LibraryImport(LibraryName, EntryPoint = "nvmlInit_v2")]
    public static partial NvmlReturn Init();

    [LibraryImport(LibraryName, EntryPoint = "nvmlShutdown")]
    public static partial NvmlReturn Shutdown();

    [LibraryImport(LibraryName, EntryPoint = "nvmlSystemGetDriverVersion")]
    public static partial NvmlReturn SystemGetDriverVersion(byte* version, uint length);

    [LibraryImport(LibraryName, EntryPoint = "nvmlSystemGetNVMLVersion")]
    public static partial NvmlReturn SystemGetNvmlVersion(byte* version, uint length);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetCount_v2")]
    public static partial NvmlReturn DeviceGetCount(out uint count);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    public static partial NvmlReturn DeviceGetHandleByIndex(uint index, out nint device);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetName")]
    public static partial NvmlReturn DeviceGetName(nint device, byte* name, uint length);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetUUID")]
    public static partial NvmlReturn DeviceGetUuid(nint device, byte* uuid, uint length);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetMinorNumber")]
    public static partial NvmlReturn DeviceGetMinorNumber(nint device, out uint minor);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetPciInfo_v3")]
    public static partial NvmlReturn DeviceGetPciInfo(nint device, out NvmlPciInfo pci);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetUtilizationRates")]
    public static partial NvmlReturn DeviceGetUtilizationRates(nint device, out NvmlUtilization utilization);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    public static partial NvmlReturn DeviceGetMemoryInfo(nint device, out NvmlMemory memory);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetMemoryInfo_v2")]
    public static partial NvmlReturn DeviceGetMemoryInfoV2(nint device, ref NvmlMemoryV2 memory);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetTemperature")]
    public static partial NvmlReturn DeviceGetTemperature(nint device, int sensor, out uint celsius);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetFieldValues")]
    public static partial NvmlReturn DeviceGetFieldValues(nint device, int count, NvmlFieldValue* values);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetPowerUsage")]
    public static partial NvmlReturn DeviceGetPowerUsage(nint device, out uint milliwatts);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetEnforcedPowerLimit")]
    public static partial NvmlReturn DeviceGetEnforcedPowerLimit(nint device, out uint milliwatts);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetClockInfo")]
    public static partial NvmlReturn DeviceGetClockInfo(nint device, int clock, out uint megahertz);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetTotalEnergyConsumption")]
    public static partial NvmlReturn DeviceGetTotalEnergyConsumption(nint device, out ulong millijoules);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetPcieReplayCounter")]
    public static partial NvmlReturn DeviceGetPcieReplayCounter(nint device, out uint replays);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetTotalEccErrors")]
    public static partial NvmlReturn DeviceGetTotalEccErrors(nint device, int error, int counter, out ulong count);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetRemappedRows")]
    public static partial NvmlReturn DeviceGetRemappedRows(nint device, out uint corrected, out uint uncorrected, out uint pending, out uint failed);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetCurrentClocksEventReasons")]
    public static partial NvmlReturn DeviceGetClocksEventReasons(nint device, out ulong reasons);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetCurrentClocksThrottleReasons")]
    public static partial NvmlReturn DeviceGetClocksThrottleReasons(nint device, out ulong reasons);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetComputeRunningProcesses_v3")]
    public static partial NvmlReturn DeviceGetComputeRunningProcesses(nint device, ref uint count, NvmlProcessInfo* processes);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetGraphicsRunningProcesses_v3")]
    public static partial NvmlReturn DeviceGetGraphicsRunningProcesses(nint device, ref uint count, NvmlProcessInfo* processes);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetMigMode")]
    public static partial NvmlReturn DeviceGetMigMode(nint device, out uint current, out uint pending);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetMaxMigDeviceCount")]
    public static partial NvmlReturn DeviceGetMaxMigDeviceCount(nint device, out uint count);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetMigDeviceHandleByIndex")]
    public static partial NvmlReturn DeviceGetMigDeviceHandleByIndex(nint device, uint index, out nint mig);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetGpuInstanceId")]
    public static partial NvmlReturn DeviceGetGpuInstanceId(nint mig, out uint id);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceGetComputeInstanceId")]
    public static partial NvmlReturn DeviceGetComputeInstanceId(nint mig, out uint id);

    [LibraryImport(LibraryName, EntryPoint = "nvmlEventSetCreate")]
    public static partial NvmlReturn EventSetCreate(out nint set);

    [LibraryImport(LibraryName, EntryPoint = "nvmlDeviceRegisterEvents")]
    public static partial NvmlReturn DeviceRegisterEvents(nint device, ulong types, nint set);

    [LibraryImport(LibraryName, EntryPoint = "nvmlEventSetWait_v2")]
    public static partial NvmlReturn EventSetWait(nint set, out NvmlEventData data, uint timeoutMilliseconds);

    [LibraryImport(LibraryName, EntryPoint = "nvmlEventSetFree")]
    public static partial NvmlReturn EventSetFree(nint set);
}
