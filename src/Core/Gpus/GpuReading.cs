namespace Drift.Core.Gpus;

/// <summary>
/// One GPU at one moment. Every measure may be absent, because a board does not have it or the driver does not tell;
/// <see cref="Missing"/> says why.
/// </summary>
public sealed record GpuReading
{
    /// <summary>The driver's number of it; may change when GPUs come and go.</summary>
    public int Index { get; init; }

    /// <summary>Its identity, such as <c>GPU-5fd1…</c>, for life.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Its product name.</summary>
    public string Model { get; init; } = "";

    /// <summary>Its device file, such as <c>nvidia0</c>.</summary>
    public string? Device { get; init; }

    /// <summary>Where it is on the bus, such as <c>00000000:3B:00.0</c>.</summary>
    public string? PciBusId { get; init; }

    /// <summary>Whether it answers.</summary>
    public GpuState State { get; init; }

    /// <summary>Since when it is in this state, as far as is known.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>Share of the last sample period in which a kernel ran, 0 to 100.</summary>
    public double? UtilizationPercent { get; init; }

    /// <summary>Share of the last sample period in which memory was read or written, 0 to 100.</summary>
    public double? MemoryUtilizationPercent { get; init; }

    /// <summary>All of its memory, in bytes.</summary>
    public long? MemoryTotalBytes { get; init; }

    /// <summary>Allocated memory, in bytes. From drivers before 510 it includes the reserved memory, and <see cref="MemoryReservedBytes"/> is absent.</summary>
    public long? MemoryUsedBytes { get; init; }

    /// <summary>Free memory, in bytes.</summary>
    public long? MemoryFreeBytes { get; init; }

    /// <summary>Memory that driver and firmware keep for themselves, in bytes.</summary>
    public long? MemoryReservedBytes { get; init; }

    /// <summary>Temperature of the die, in degrees Celsius.</summary>
    public double? TemperatureCelsius { get; init; }

    /// <summary>Temperature of the memory, in degrees Celsius.</summary>
    public double? MemoryTemperatureCelsius { get; init; }

    /// <summary>Power drawn, in watts.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>The power limit in force, in watts.</summary>
    public double? PowerLimitWatts { get; init; }

    /// <summary>Clock of the multiprocessors, in MHz.</summary>
    public double? SmClockMhz { get; init; }

    /// <summary>Clock of the memory, in MHz.</summary>
    public double? MemoryClockMhz { get; init; }

    /// <summary>Energy used since the driver was loaded, in millijoules.</summary>
    public long? EnergyMillijoules { get; init; }

    /// <summary>Retries on the PCIe bus since the driver was loaded.</summary>
    public long? PcieReplays { get; init; }

    /// <summary>Corrected memory errors since the driver was loaded.</summary>
    public long? EccVolatileCorrected { get; init; }

    /// <summary>Uncorrected memory errors since the driver was loaded.</summary>
    public long? EccVolatileUncorrected { get; init; }

    /// <summary>Corrected memory errors in the board's life.</summary>
    public long? EccAggregateCorrected { get; init; }

    /// <summary>Uncorrected memory errors in the board's life.</summary>
    public long? EccAggregateUncorrected { get; init; }

    /// <summary>Memory rows replaced because of corrected errors.</summary>
    public long? RemappedRowsCorrected { get; init; }

    /// <summary>Memory rows replaced because of uncorrected errors.</summary>
    public long? RemappedRowsUncorrected { get; init; }

    /// <summary>Whether a row waits for a reset to be replaced.</summary>
    public bool? RemappedRowsPending { get; init; }

    /// <summary>Whether a row could not be replaced.</summary>
    public bool? RemappedRowsFailed { get; init; }

    /// <summary>Critical errors (XID) seen since polling began; absent where the driver does not tell of them.</summary>
    public long? XidErrors { get; init; }

    /// <summary>The number of the last one.</summary>
    public long? LastXid { get; init; }

    /// <summary>When the last one was seen.</summary>
    public DateTimeOffset? LastXidAt { get; init; }

    /// <summary>NVML's bit mask of what holds the clocks down; <see cref="Gpus.ThrottleReasons"/> has the words.</summary>
    public long? ThrottleMask { get; init; }

    /// <summary>What holds the clocks down, in words; empty when nothing does.</summary>
    public IReadOnlyList<string>? ThrottleReasons { get; init; }

    /// <summary>Whether MIG divides it.</summary>
    public bool? MigEnabled { get; init; }

    /// <summary>Its parts, when MIG divides it.</summary>
    public IReadOnlyList<MigInstance>? MigInstances { get; init; }

    /// <summary>Processes on it.</summary>
    public IReadOnlyList<GpuProcess>? Processes { get; init; }

    /// <summary>
    /// Why measures are absent: field → <c>not_supported</c>, <c>no_permission</c>, <c>no_value</c> (the driver gave its number for none),
    /// <c>no_function</c> (the library is too old), <c>lost</c> or <c>error_N</c> with NVML's number.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Missing { get; init; }

    /// <summary>The same GPU with its identity only, in another state.</summary>
    public GpuReading Without(GpuState state, DateTimeOffset since) => new()
    {
        Index = Index,
        Uuid = Uuid,
        Model = Model,
        Device = Device,
        PciBusId = PciBusId,
        State = state,
        StateSince = since,
    };
}
