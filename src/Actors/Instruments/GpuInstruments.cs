using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Drift.Core.Gpus;

namespace Drift.Actors.Instruments;

/// <summary>
/// The metrics of the GPUs whose actors are on this node of the cluster, under the names, labels and units of NVIDIA's dcgm-exporter, so
/// that its dashboards work. A GPU that does not answer has no measures, only a state; a silent node has only its own state. Thread-safe.
/// </summary>
public sealed class GpuInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Gpus";

    private const double MiB = 1024 * 1024;

    private readonly ConcurrentDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly Meter _meter;

    /// <summary>Creates the instruments.</summary>
    public GpuInstruments(IMeterFactory meters, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _clock = clock;
        _meter = meters.Create(MeterName);

        Measure("DCGM_FI_DEV_GPU_UTIL", "GPU utilization (in %).", g => g.UtilizationPercent);
        Measure("DCGM_FI_DEV_MEM_COPY_UTIL", "Memory utilization (in %).", g => g.MemoryUtilizationPercent);
        Measure("DCGM_FI_DEV_FB_USED", "Framebuffer memory used (in MiB).", g => g.MemoryUsedBytes / MiB);
        Measure("DCGM_FI_DEV_FB_FREE", "Framebuffer memory free (in MiB).", g => g.MemoryFreeBytes / MiB);
        Measure("DCGM_FI_DEV_FB_TOTAL", "Framebuffer memory in all (in MiB).", g => g.MemoryTotalBytes / MiB);
        Measure("DCGM_FI_DEV_FB_RESERVED", "Framebuffer memory reserved (in MiB).", g => g.MemoryReservedBytes / MiB);
        Measure("DCGM_FI_DEV_GPU_TEMP", "GPU temperature (in C).", g => g.TemperatureCelsius);
        Measure("DCGM_FI_DEV_MEMORY_TEMP", "Memory temperature (in C).", g => g.MemoryTemperatureCelsius);
        Measure("DCGM_FI_DEV_POWER_USAGE", "Power draw (in W).", g => g.PowerWatts);
        Measure("DCGM_FI_DEV_ENFORCED_POWER_LIMIT", "Power limit in force (in W).", g => g.PowerLimitWatts);
        Measure("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "Total energy consumption since the driver was loaded (in mJ).", g => g.EnergyMillijoules);
        Measure("DCGM_FI_DEV_SM_CLOCK", "SM clock frequency (in MHz).", g => g.SmClockMhz);
        Measure("DCGM_FI_DEV_MEM_CLOCK", "Memory clock frequency (in MHz).", g => g.MemoryClockMhz);
        Measure("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "Total number of PCIe retries.", g => g.PcieReplays);
        Measure("DCGM_FI_DEV_ECC_SBE_VOL_TOTAL", "Corrected memory errors since the driver was loaded.", g => g.EccVolatileCorrected);
        Measure("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", "Uncorrected memory errors since the driver was loaded.", g => g.EccVolatileUncorrected);
        Measure("DCGM_FI_DEV_ECC_SBE_AGG_TOTAL", "Corrected memory errors in the board's life.", g => g.EccAggregateCorrected);
        Measure("DCGM_FI_DEV_ECC_DBE_AGG_TOTAL", "Uncorrected memory errors in the board's life.", g => g.EccAggregateUncorrected);
        Measure("DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "Memory rows replaced because of corrected errors.", g => g.RemappedRowsCorrected);
        Measure("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "Memory rows replaced because of uncorrected errors.", g => g.RemappedRowsUncorrected);
        Measure("DCGM_FI_DEV_ROW_REMAP_PENDING", "Whether a memory row waits for a reset to be replaced, 0 or 1.", g => Flag(g.RemappedRowsPending));
        Measure("DCGM_FI_DEV_ROW_REMAP_FAILURE", "Whether a memory row could not be replaced, 0 or 1.", g => Flag(g.RemappedRowsFailed));
        Measure("DCGM_FI_DEV_XID_ERRORS", "Number of the last critical error, 0 when there was none.", g => g.XidErrors is null ? null : g.LastXid ?? 0);
        Measure("DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", "What holds the clocks down, a bit mask.", g => g.ThrottleMask);
        _meter.CreateObservableCounter("drift_gpu_xid_errors_total", () => Observe(g => g.XidErrors), null, "Critical errors (XID) since polling began.");
        Measure("drift_gpu_processes", "Processes on the GPU.", g => g.Processes?.Count);
        _meter.CreateObservableGauge("drift_gpu_throttled", Throttled, null, "Whether heat or lack of power holds the clocks down, 0 or 1, by reason.");
        _meter.CreateObservableGauge("drift_gpu_mig_memory_used_bytes", () => Instances(m => m.MemoryUsedBytes), null, "Memory in use on an instance of a GPU that MIG divides.");
        _meter.CreateObservableGauge("drift_gpu_mig_memory_free_bytes", () => Instances(m => m.MemoryFreeBytes), null, "Memory free on an instance of a GPU that MIG divides.");
        _meter.CreateObservableGauge("drift_gpu_state", States, null, "Whether a GPU answers, as a label; always 1.");
        _meter.CreateObservableGauge("drift_gpu_node_state", NodeStates, null, "How a node's GPU driver answers, or that no reports come, as a label; always 1.");
        _meter.CreateObservableGauge("drift_gpu_report_age_seconds", Ages, null, "Time since a node's last report.");
    }

    /// <summary>Takes a node's latest report.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="report">The report.</param>
    /// <param name="receivedAt">When it came.</param>
    /// <param name="silentAfter">How long it speaks for the node.</param>
    public void Publish(string node, GpuReport report, DateTimeOffset receivedAt, TimeSpan silentAfter)
    {
        ArgumentNullException.ThrowIfNull(report);
        _nodes.TryGetValue(node, out var before);
        _nodes[node] = new Node(node, report, receivedAt, silentAfter, before);
    }

    /// <summary>Takes a node off the metrics.</summary>
    public void Remove(string node) => _nodes.TryRemove(node, out _);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static double? Flag(bool? value) => value is { } flag ? flag ? 1 : 0 : null;

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value ?? "");

    private void Measure(string name, string description, Func<GpuReading, double?> value) =>
        _meter.CreateObservableGauge(name, () => Observe(value), null, description);

    private IEnumerable<(Gpu Gpu, Node Node)> Answering() =>
        from node in _nodes.Values
        where !IsSilent(node)
        from gpu in node.Gpus
        where gpu.Reading.State == GpuState.Present
        select (gpu, node);

    private bool IsSilent(Node node) => _clock.GetUtcNow() - node.ReceivedAt > node.SilentAfter;

    private IEnumerable<Measurement<double>> Observe(Func<GpuReading, double?> value) =>
        from g in Answering()
        let x = value(g.Gpu.Reading)
        where x is not null
        select new Measurement<double>(x.Value, g.Gpu.Tags);

    private IEnumerable<Measurement<double>> Throttled() =>
        from g in Answering()
        where g.Gpu.Reading.ThrottleMask is not null
        from reason in ThrottleReasons.Harmful
        select new Measurement<double>(ThrottleReasons.Has(g.Gpu.Reading.ThrottleMask!.Value, reason) ? 1 : 0, [.. g.Gpu.Tags, Tag("reason", reason)]);

    private IEnumerable<Measurement<double>> Instances(Func<MigInstance, long?> value) =>
        from g in Answering()
        from instance in g.Gpu.Reading.MigInstances ?? []
        let x = value(instance)
        where x is not null
        select new Measurement<double>(
            x.Value,
            [
                .. g.Gpu.Tags,
                Tag("GPU_I_ID", instance.GpuInstance?.ToString(CultureInfo.InvariantCulture)),
                Tag("GPU_I_PROFILE", instance.Profile),
                Tag("instance_uuid", instance.Uuid),
            ]);

    private IEnumerable<Measurement<int>> States() =>
        from node in _nodes.Values
        where !IsSilent(node)
        from gpu in node.Gpus
        select new Measurement<int>(1, [.. gpu.Tags, Tag("state", GpuNames.Of(gpu.Reading.State))]);

    private IEnumerable<Measurement<int>> NodeStates() =>
        from node in _nodes.Values
        select new Measurement<int>(1, Tag("hostname", node.Name), Tag("state", IsSilent(node) ? "silent" : GpuNames.Of(node.Report.State)));

    private IEnumerable<Measurement<double>> Ages() =>
        from node in _nodes.Values
        select new Measurement<double>(Math.Max(0, (_clock.GetUtcNow() - node.ReceivedAt).TotalSeconds), Tag("hostname", node.Name));

    /// <summary>A GPU with its labels, which are kept for as long as they do not change.</summary>
    private sealed record Gpu(GpuReading Reading, KeyValuePair<string, object?>[] Tags)
    {
        public static Gpu Of(string node, GpuReading reading, Gpu? before) => new(
            reading,
            before is { Reading: var b } && b.Index == reading.Index && b.Uuid == reading.Uuid && b.PciBusId == reading.PciBusId && b.Device == reading.Device && b.Model == reading.Model
                ? before.Tags
                :
                [
                    Tag("gpu", reading.Index.ToString(CultureInfo.InvariantCulture)),
                    Tag("UUID", reading.Uuid),
                    Tag("pci_bus_id", reading.PciBusId),
                    Tag("device", reading.Device),
                    Tag("modelName", reading.Model),
                    Tag("hostname", node),
                ]);
    }

    private sealed class Node
    {
        public Node(string name, GpuReport report, DateTimeOffset receivedAt, TimeSpan silentAfter, Node? before)
        {
            Name = name;
            Report = report;
            ReceivedAt = receivedAt;
            SilentAfter = silentAfter;
            Gpus = new Gpu[report.Gpus.Count];
            for (var i = 0; i < Gpus.Length; i++)
                Gpus[i] = Gpu.Of(name, report.Gpus[i], i < before?.Gpus.Length ? before.Gpus[i] : null);
        }

        public string Name { get; }

        public GpuReport Report { get; }

        public DateTimeOffset ReceivedAt { get; }

        public TimeSpan SilentAfter { get; }

        public Gpu[] Gpus { get; }
    }
}
