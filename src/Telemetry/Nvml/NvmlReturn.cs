namespace Drift.Telemetry.Nvml;

/// <summary>What NVML's functions return, by the numbers of <c>nvml.h</c>; others may come from later drivers.</summary>
internal enum NvmlReturn
{
    Success = 0,
    Uninitialized = 1,
    InvalidArgument = 2,
    NotSupported = 3,
    NoPermission = 4,
    NotFound = 6,
    InsufficientSize = 7,
    DriverNotLoaded = 9,
    Timeout = 10,
    LibraryNotFound = 12,
    FunctionNotFound = 13,
    GpuIsLost = 15,
    ResetRequired = 16,
    OperatingSystem = 17,
    LibraryVersionMismatch = 18,
    NoData = 21,
    ArgumentVersionMismatch = 25,
    Deprecated = 26,
    GpuNotFound = 28,
    Unknown = 999,
}
