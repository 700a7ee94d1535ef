using Drift.Core.Gpus;

namespace Drift.Actors;

/// <summary>
/// One GPU at one moment, or over a minute or an hour: means of what goes up and down, with the highest beside those for which it
/// matters, and the last (highest) of what only grows. A measure that no poll had is absent.
/// </summary>
public sealed record GpuSample
{
    /// <summary>When; of a minute or hour its beginning.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The GPU.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Its number then.</summary>
    public int Index { get; init; }

    /// <summary>Polls in it.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Utilization, 0 to 100.</summary>
    public double? UtilizationPercent { get; init; }

    /// <summary>The highest.</summary>
    public double? UtilizationPercentMax { get; init; }

    /// <summary>Memory utilization, 0 to 100.</summary>
    public double? MemoryUtilizationPercent { get; init; }

    /// <summary>Allocated memory, in bytes.</summary>
    public double? MemoryUsedBytes { get; init; }

    /// <summary>The highest.</summary>
    public double? MemoryUsedBytesMax { get; init; }

    /// <summary>All memory, in bytes.</summary>
    public double? MemoryTotalBytes { get; init; }

    /// <summary>Temperature of the die, in degrees Celsius.</summary>
    public double? TemperatureCelsius { get; init; }

    /// <summary>The highest.</summary>
    public double? TemperatureCelsiusMax { get; init; }

    /// <summary>The highest temperature of the memory, in degrees Celsius.</summary>
    public double? MemoryTemperatureCelsiusMax { get; init; }

    /// <summary>Power drawn, in watts.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>The highest.</summary>
    public double? PowerWattsMax { get; init; }

    /// <summary>Clock of the multiprocessors, in MHz.</summary>
    public double? SmClockMhz { get; init; }

    /// <summary>Clock of the memory, in MHz.</summary>
    public double? MemoryClockMhz { get; init; }

    /// <summary>Share of polls in which heat or lack of power held the clocks down, 0 to 1.</summary>
    public double? Throttled { get; init; }

    /// <summary>Energy used since the driver was loaded, in millijoules.</summary>
    public double? EnergyMillijoules { get; init; }

    /// <summary>Retries on the PCIe bus.</summary>
    public double? PcieReplays { get; init; }

    /// <summary>Corrected memory errors in the board's life, or since the driver was loaded where only that is known.</summary>
    public double? EccCorrected { get; init; }

    /// <summary>Uncorrected memory errors, likewise.</summary>
    public double? EccUncorrected { get; init; }

    /// <summary>Critical errors since polling began.</summary>
    public double? XidErrors { get; init; }

    /// <summary>The sample of a reading.</summary>
    public static GpuSample Of(GpuReading gpu, DateTimeOffset at) => new()
    {
        Timestamp = at,
        Uuid = gpu.Uuid,
        Index = gpu.Index,
        UtilizationPercent = gpu.UtilizationPercent,
        UtilizationPercentMax = gpu.UtilizationPercent,
        MemoryUtilizationPercent = gpu.MemoryUtilizationPercent,
        MemoryUsedBytes = gpu.MemoryUsedBytes,
        MemoryUsedBytesMax = gpu.MemoryUsedBytes,
        MemoryTotalBytes = gpu.MemoryTotalBytes,
        TemperatureCelsius = gpu.TemperatureCelsius,
        TemperatureCelsiusMax = gpu.TemperatureCelsius,
        MemoryTemperatureCelsiusMax = gpu.MemoryTemperatureCelsius,
        PowerWatts = gpu.PowerWatts,
        PowerWattsMax = gpu.PowerWatts,
        SmClockMhz = gpu.SmClockMhz,
        MemoryClockMhz = gpu.MemoryClockMhz,
        Throttled = gpu.ThrottleMask is { } mask ? ThrottleReasons.IsHarmful(mask) ? 1 : 0 : null,
        EnergyMillijoules = gpu.EnergyMillijoules,
        PcieReplays = gpu.PcieReplays,
        EccCorrected = gpu.EccAggregateCorrected ?? gpu.EccVolatileCorrected,
        EccUncorrected = gpu.EccAggregateUncorrected ?? gpu.EccVolatileUncorrected,
        XidErrors = gpu.XidErrors,
    };
}
