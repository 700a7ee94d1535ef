using System.Globalization;
using Drift.Core.Gpus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Telemetry.Nvml;

/// <summary>
/// Polls this machine's GPUs every <see cref="GpuPollOptions.Interval"/> and hands each report to the sink. Whatever driver and sink do,
/// it goes on; what changes is logged once. A machine without NVIDIA's library is
/// worth no report to most sinks.
/// </summary>
public sealed partial class GpuPollService : BackgroundService
{
    private readonly IGpuSink _sink;
    private readonly string _source;
    private readonly GpuPollOptions _options;
    private readonly TimeProvider _clock;
    private readonly GpuPollInstruments _instruments;
    private readonly ILogger<GpuPollService> _logger;
    private readonly Dictionary<string, (GpuState State, long Xids)> _seen = new(StringComparer.Ordinal);
    private GpuDriverState? _state;
    private bool _sinkFails;

    /// <summary>Creates the service.</summary>
    public GpuPollService(
        IGpuSink sink, IOptions<GpuPollOptions> options, TimeProvider clock, GpuPollInstruments instruments, ILogger<GpuPollService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _sink = sink;
        // Another process of the same number, on the same machine or in another container, is another poller.
        _source = string.Create(CultureInfo.InvariantCulture, $"{sink.Kind}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");
        _options = options.Value;
        _clock = clock;
        _instruments = instruments;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Enabled)
            return;
        var poller = new GpuPoller(_options, _clock);
        await using (poller.ConfigureAwait(false))
        {
            using var timer = new PeriodicTimer(_options.Interval, _clock);
            try
            {
                do
                {
                    var started = _clock.GetTimestamp();
                    var report = await poller.PollAsync(stoppingToken).ConfigureAwait(false) with { Source = _source };
                    _instruments.Polled(report.State, _clock.GetElapsedTime(started));
                    LogChanges(report);
                    if (report.State != GpuDriverState.LibraryAbsent || _sink.TakesAbsence)
                        await SendAsync(report, stoppingToken).ConfigureAwait(false);
                }
                while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops.
            }
        }
    }

    private async Task SendAsync(GpuReport report, CancellationToken stoppingToken)
    {
        try
        {
            await _sink.ReportAsync(_options.NodeName, report, stoppingToken).ConfigureAwait(false);
            if (_sinkFails)
                LogTaken();
            _sinkFails = false;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            if (!_sinkFails)
                LogNotTaken(e);
            _sinkFails = true;
        }
    }

    private void LogChanges(GpuReport report)
    {
        if (report.State != _state)
        {
            if (report.State == GpuDriverState.Ok)
                LogFound(report.Gpus.Count, report.DriverVersion ?? "unknown", _options.NodeName, _options.Interval);
            else if (report.State == GpuDriverState.LibraryAbsent && !_sink.TakesAbsence)
                LogAbsent(report.Detail ?? "");
            else
                LogDriver(report.State, report.Detail ?? "");
            _state = report.State;
        }

        foreach (var gpu in report.Gpus)
        {
            var known = _seen.TryGetValue(gpu.Uuid, out var seen);
            if (gpu.State == GpuState.Present && known && seen.State != GpuState.Present)
                LogReturned(gpu.Index, gpu.Uuid, seen.State);
            else if (gpu.State is not (GpuState.Present or GpuState.Unknown) && (!known || seen.State != gpu.State))
                LogGone(gpu.Index, gpu.Uuid, gpu.State);
            var xids = gpu.XidErrors ?? seen.Xids;
            if (xids > seen.Xids)
                LogXid(gpu.Index, gpu.Uuid, gpu.LastXid ?? 0, xids - seen.Xids);
            _seen[gpu.Uuid] = (gpu.State, xids);
        }
    }

    [LoggerMessage(GpuEventId.GpusFound, LogLevel.Information, "{Count} GPU(s), driver {Driver}: polled as node {Node} every {Interval}.", EventName = "GpusFound")]
    private partial void LogFound(int count, string driver, string node, TimeSpan interval);

    [LoggerMessage(GpuEventId.GpuLibraryAbsent, LogLevel.Debug, "No GPU telemetry from this machine. {Detail}", EventName = "GpuLibraryAbsent")]
    private partial void LogAbsent(string detail);

    [LoggerMessage(GpuEventId.GpuDriverFailed, LogLevel.Warning, "The GPUs of this machine cannot be read ({State}): {Detail} It is tried again.", EventName = "GpuDriverFailed")]
    private partial void LogDriver(GpuDriverState state, string detail);

    [LoggerMessage(GpuEventId.GpuGone, LogLevel.Warning, "GPU {Index} ({Uuid}) does not answer: it is {State}. It is looked for until it returns.", EventName = "GpuGone")]
    private partial void LogGone(int index, string uuid, GpuState state);

    [LoggerMessage(GpuEventId.GpuReturned, LogLevel.Information, "GPU {Index} ({Uuid}) answers again; it was {State}.", EventName = "GpuReturned")]
    private partial void LogReturned(int index, string uuid, GpuState state);

    [LoggerMessage(GpuEventId.GpuXid, LogLevel.Warning, "GPU {Index} ({Uuid}) had {Count} critical error(s), the last one XID {Xid}: NVIDIA's XID catalog says what it means.", EventName = "GpuXid")]
    private partial void LogXid(int index, string uuid, long xid, long count);

    [LoggerMessage(GpuEventId.GpuReportNotTaken, LogLevel.Warning, "Reports about this machine's GPUs are not taken; polling goes on.", EventName = "GpuReportNotTaken")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(GpuEventId.GpuReportTaken, LogLevel.Information, "Reports about this machine's GPUs are taken again.", EventName = "GpuReportTaken")]
    private partial void LogTaken();
}
