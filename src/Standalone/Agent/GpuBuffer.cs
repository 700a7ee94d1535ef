using System.Threading.Channels;
using Drift.Core.Gpus;
using Drift.Telemetry.Nvml;

namespace Drift.Standalone.Agent;

/// <summary>Holds the reports that wait to be sent; when it is full the oldest goes. Thread-safe.</summary>
internal sealed class GpuBuffer : IGpuSink
{
    /// <summary>The most reports that wait: half an hour at one per second, about 10 KiB each with 8 GPUs.</summary>
    public const int Capacity = 1_800;

    private readonly Channel<GpuReport> _reports;
    private long _dropped;

    public GpuBuffer() => _reports = Channel.CreateBounded<GpuReport>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => Interlocked.Increment(ref _dropped));

    public string Kind => "agent";

    // Who starts an agent expects GPUs.
    public bool TakesAbsence => true;

    /// <summary>The node that was reported last.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Reports that went unsent so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public Task ReportAsync(string node, GpuReport report, CancellationToken cancellationToken)
    {
        Node = node;
        _reports.Writer.TryWrite(report);
        return Task.CompletedTask;
    }

    /// <summary>Waits for a report, then takes as many as wait.</summary>
    public async Task<List<GpuReport>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        var taken = new List<GpuReport> { await _reports.Reader.ReadAsync(cancellationToken) };
        while (taken.Count < most && _reports.Reader.TryRead(out var report))
            taken.Add(report);
        return taken;
    }
}
