using Drift.Actors;

namespace Drift.Storage;

/// <summary>The measures of <c>gpu_samples</c>, the same in both databases, and how they roll up.</summary>
internal static class GpuColumns
{
    /// <summary>A measure.</summary>
    /// <param name="Name">Its column.</param>
    /// <param name="IsMean">Whether a longer slice has its mean; else it has the highest.</param>
    /// <param name="Value">It of a sample.</param>
    public sealed record Measure(string Name, bool IsMean, Func<GpuSample, double?> Value);

    /// <summary>All, in the order in which <see cref="Sample"/> reads them.</summary>
    public static IReadOnlyList<Measure> Measures { get; } =
    [
        new("utilization", true, s => s.UtilizationPercent),
        new("utilization_max", false, s => s.UtilizationPercentMax),
        new("memory_utilization", true, s => s.MemoryUtilizationPercent),
        new("memory_used_bytes", true, s => s.MemoryUsedBytes),
        new("memory_used_bytes_max", false, s => s.MemoryUsedBytesMax),
        new("memory_total_bytes", false, s => s.MemoryTotalBytes),
        new("temperature", true, s => s.TemperatureCelsius),
        new("temperature_max", false, s => s.TemperatureCelsiusMax),
        new("memory_temperature_max", false, s => s.MemoryTemperatureCelsiusMax),
        new("power_watts", true, s => s.PowerWatts),
        new("power_watts_max", false, s => s.PowerWattsMax),
        new("sm_clock_mhz", true, s => s.SmClockMhz),
        new("memory_clock_mhz", true, s => s.MemoryClockMhz),
        new("throttled", true, s => s.Throttled),
        new("energy_millijoules", false, s => s.EnergyMillijoules),
        new("pcie_replays", false, s => s.PcieReplays),
        new("ecc_corrected", false, s => s.EccCorrected),
        new("ecc_uncorrected", false, s => s.EccUncorrected),
        new("xid_errors", false, s => s.XidErrors),
    ];

    /// <summary>The columns that a query gives to <see cref="Sample"/>.</summary>
    public static string Select { get; } = $"timestamp, uuid, gpu, samples, {Names}";

    /// <summary>The columns of the measures.</summary>
    public static string Names => string.Join(", ", Measures.Select(m => m.Name));

    /// <summary>Adds the slices of one resolution from those of the finer one, or replaces them.</summary>
    /// <param name="target">The resolution.</param>
    /// <param name="source">The finer one.</param>
    /// <param name="slice">SQL for the beginning of the slice that <c>timestamp</c> lies in.</param>
    /// <param name="node">SQL for the node.</param>
    /// <param name="from">SQL for the beginning of the first slice.</param>
    /// <param name="to">SQL for the end of the last slice.</param>
    public static string RollUp(string target, string source, string slice, string node, string from, string to)
    {
        // A mean weighs each source slice by its polls; those without the measure do not count.
        var values = Measures.Select(m => m.IsMean
            ? $"sum({m.Name} * samples) / sum(case when {m.Name} is not null then samples end)"
            : $"max({m.Name})");
        var sets = Measures.Select(m => $"{m.Name} = excluded.{m.Name}");
        return $"""
            insert into gpu_samples (node, uuid, resolution, timestamp, gpu, samples, {Names})
            select node, uuid, '{target}', {slice}, max(gpu), sum(samples), {string.Join(", ", values)}
            from gpu_samples
            where node = {node} and resolution = '{source}' and timestamp >= {from} and timestamp < {to}
            group by node, uuid, {slice}
            on conflict (node, uuid, resolution, timestamp) do update set gpu = excluded.gpu, samples = excluded.samples, {string.Join(", ", sets)}
            """;
    }

    /// <summary>The word of a resolution.</summary>
    public static string Of(GpuResolution resolution) => resolution switch
    {
        GpuResolution.Raw => "raw",
        GpuResolution.Minute => "minute",
        GpuResolution.Hour => "hour",
        _ => throw new ArgumentOutOfRangeException(nameof(resolution), resolution, null),
    };

    /// <summary>A sample of a row.</summary>
    public static GpuSample Sample(DateTimeOffset timestamp, string uuid, int gpu, int samples, Func<int, double?> measure) => new()
    {
        Timestamp = timestamp,
        Uuid = uuid,
        Index = gpu,
        Samples = samples,
        UtilizationPercent = measure(0),
        UtilizationPercentMax = measure(1),
        MemoryUtilizationPercent = measure(2),
        MemoryUsedBytes = measure(3),
        MemoryUsedBytesMax = measure(4),
        MemoryTotalBytes = measure(5),
        TemperatureCelsius = measure(6),
        TemperatureCelsiusMax = measure(7),
        MemoryTemperatureCelsiusMax = measure(8),
        PowerWatts = measure(9),
        PowerWattsMax = measure(10),
        SmClockMhz = measure(11),
        MemoryClockMhz = measure(12),
        Throttled = measure(13),
        EnergyMillijoules = measure(14),
        PcieReplays = measure(15),
        EccCorrected = measure(16),
        EccUncorrected = measure(17),
        XidErrors = measure(18),
    };

    /// <summary>The slices that samples lie in: from the beginning of the first to the end of the last.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Slices(IReadOnlyList<GpuSample> samples, TimeSpan length)
    {
        var from = samples.Min(s => s.Timestamp.UtcTicks) / length.Ticks * length.Ticks;
        var to = ((samples.Max(s => s.Timestamp.UtcTicks) / length.Ticks) + 1) * length.Ticks;
        return (new DateTimeOffset(from, TimeSpan.Zero), new DateTimeOffset(to, TimeSpan.Zero));
    }
}
