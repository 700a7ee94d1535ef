using Drift.Core.Gpus;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Gpus;

/// <summary>
/// Keeps a node's last report in memory, publishes it as metrics, and writes samples now and then in one transaction. Its state is
/// soft: no journal, no snapshot; what is lost with a process comes again with the next report.
/// </summary>
public sealed partial class GpuActor : IGpuActor, IActor
{
    /// <summary>Samples that wait for a store that does not take them; the oldest go first. Some 20 minutes of 8 GPUs at one poll per second.</summary>
    internal const int MaxPending = 10_000;

    private readonly string _node;
    private readonly GpuActorServices _services;
    private readonly GpuActorOptions _options;
    private readonly ILogger<GpuActor> _logger;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly GpuReporters _reporters;
    private IActorContext? _context;
    private GpuReport? _latest;
    private DateTimeOffset _receivedAt;
    private List<GpuSample> _pending = [];
    private bool _timerSet;
    private bool _unwritten;
    private bool _storeFails;

    /// <summary>Creates the actor of a node.</summary>
    public GpuActor(string node, GpuActorServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _node = node;
        _services = services;
        _options = services.Options.Value;
        _logger = services.Logger;
        _reporters = new GpuReporters(_options.SilentAfter);
    }

    /// <inheritdoc/>
    public async Task ActivateAsync(IActorContext context, CancellationToken cancellationToken)
    {
        _context = context;
        _latest = await _services.Store.FindAsync(_node, cancellationToken);
        _receivedAt = _latest?.At ?? default;
        Publish();
    }

    /// <inheritdoc/>
    public async Task DeactivateAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(cancellationToken);
        _services.Instruments.Remove(_node);
    }

    /// <inheritdoc/>
    public async Task<GpuReceipt> ReportAsync(IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var now = _services.Clock.GetUtcNow();
        var ignored = 0;
        var changed = false;
        foreach (var report in reports.OrderBy(r => r.At))
        {
            if (now - report.At > GpuReport.MaxAge)
            {
                ignored++;
                continue;
            }

            if (Counted(report, now) is not { } counted)
            {
                ignored++;
                continue;
            }

            // A report that comes late adds its samples; what is shown does not go back.
            if (_latest is null || report.At >= _latest.At)
            {
                // What another poller reports is not gone because this one does not see it.
                var kept = _latest?.Gpus.Where(g => !counted.Exists(c => c.Uuid == g.Uuid)
                    && (_reporters.IsAnothers(report.Source ?? "", g.Uuid, now) || report.Gpus.Any(r => r.Uuid == g.Uuid))) ?? [];
                var next = (report with { Gpus = [.. counted, .. kept] }).After(_latest, _options.ForgetAfter);
                changed |= HasChanged(_latest, next);
                _latest = next;
                _receivedAt = now;
            }

            foreach (var gpu in counted)
            {
                if (gpu.State == GpuState.Present)
                    _pending.Add(GpuSample.Of(gpu, report.At));
            }

            _unwritten = true;
        }

        if (_pending.Count > MaxPending)
            _pending.RemoveRange(0, _pending.Count - MaxPending);
        if (_latest is not null)
            _reporters.Prune(_latest.Gpus.Select(g => g.Uuid).ToHashSet(StringComparer.Ordinal), now);
        Publish();
        // A GPU that went or came is kept at once: after a crash it must not look as if it had never been.
        if (changed)
            await WriteAsync(cancellationToken);
        else
            SetTimer();
        return new GpuReceipt(reports.Count - ignored, ignored);
    }

    /// <inheritdoc/>
    public Task<GpuNode> GetAsync(CancellationToken cancellationToken = default) =>
        _latest is { } latest
            ? Task.FromResult(new GpuNode { Node = _node, Silent = _services.Clock.GetUtcNow() - _receivedAt > _options.SilentAfter, Report = latest })
            : throw new DriftException(DriftError.NotFound, $"No GPUs of a node '{_node}' were ever reported. GET /v1/gpus lists the nodes.");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GpuSample>> GetHistoryAsync(GpuHistoryQuery query, CancellationToken cancellationToken = default)
    {
        await GetAsync(cancellationToken);
        // So that what was reported a moment ago is in it.
        await WriteAsync(cancellationToken);
        return await _services.Store.ReadAsync(_node, query, cancellationToken);
    }

    /// <summary>The GPUs of a report for which its poller's word counts; null when it counts for nothing.</summary>
    private List<GpuReading>? Counted(GpuReport report, DateTimeOffset now)
    {
        var source = report.Source ?? "";
        _reporters.Hear(source, now);
        // One that sees nothing where another one sees GPUs has the wrong driver, or none.
        if (report.Gpus.Count == 0)
            return _latest?.Gpus.FirstOrDefault(g => _reporters.IsAnothers(source, g.Uuid, now)) is { } seen ? Ignored(source, seen.Uuid) : [];
        var counted = report.Gpus.Where(g => _reporters.Take(source, g.Uuid, report.At, now)).ToList();
        if (counted.Count < report.Gpus.Count && report.Gpus.FirstOrDefault(g => _reporters.IsAnothers(source, g.Uuid, now)) is { } twice)
            Ignored(source, twice.Uuid);
        return counted.Count > 0 ? counted : null;
    }

    private List<GpuReading>? Ignored(string source, string uuid)
    {
        if (_reporters.IsNews(source))
            LogReportedTwice(_node, Named(source), uuid, Named(_reporters.OwnerOf(uuid) ?? ""));
        return null;
    }

    private static string Named(string source) => source.Length == 0 ? "one without a name" : source;

    private static bool HasChanged(GpuReport? before, GpuReport now) =>
        before is null || before.State != now.State || before.Gpus.Count != now.Gpus.Count
        || before.Gpus.Zip(now.Gpus).Any(pair => pair.First.Uuid != pair.Second.Uuid || pair.First.State != pair.Second.State);

    private void Publish()
    {
        if (_latest is not null)
            _services.Instruments.Publish(_node, _latest, _receivedAt, _options.SilentAfter);
    }

    private void SetTimer()
    {
        if (_timerSet || !_unwritten)
            return;
        _timerSet = true;
        _context!.SetTimer(_options.WriteInterval, token =>
        {
            _timerSet = false;
            return WriteAsync(token);
        });
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        var samples = _pending;
        try
        {
            if (!_unwritten || _latest is not { } latest)
                return;
            _pending = [];
            _unwritten = false;
            await _services.Store.WriteAsync(_node, latest, samples, cancellationToken);
            if (_storeFails)
                LogWritten(_node);
            _storeFails = false;
        }
        catch (Exception e) when (e is DriftException or OperationCanceledException or TimeoutException)
        {
            // More may have come while it was tried.
            samples.AddRange(_pending);
            if (samples.Count > MaxPending)
                samples.RemoveRange(0, samples.Count - MaxPending);
            _pending = samples;
            _unwritten = true;
            if (!_storeFails)
                LogNotWritten(_node, _options.WriteInterval, e);
            _storeFails = true;
            SetTimer();
        }
        finally
        {
            _writing.Release();
        }
    }

    [LoggerMessage(EventId = 2200, EventName = "GpuSamplesNotWritten", Level = LogLevel.Warning, Message = "GPU node {Node}: its samples cannot be written; those of the last minutes are kept and tried again every {Interval}. What it shows now is not touched.")]
    private partial void LogNotWritten(string node, TimeSpan interval, Exception exception);

    [LoggerMessage(EventId = 2203, EventName = "GpuReportedTwice", Level = LogLevel.Warning, Message = "GPU node {Node}: the reports of poller {Source} are ignored, because poller {Other} began later and reports GPU {Uuid} too. Stop one of the two: Drift:Gpus:Enabled=false for a host, or drift agent.")]
    private partial void LogReportedTwice(string node, string source, string uuid, string other);

    [LoggerMessage(EventId = 2201, EventName = "GpuSamplesWritten", Level = LogLevel.Information, Message = "GPU node {Node}: its samples are written again.")]
    private partial void LogWritten(string node);
}
