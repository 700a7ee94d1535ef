using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Core.Profiles;
using Drift.Core.Windows;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    private const int KeptChanges = 256;

    // The first window leads: its state opens and closes alerts. Lists are told of it at once when it changes, else now and then.
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _evaluatedAt;
    private DateTimeOffset? _reportedAt;

    // When the first change came that no evaluation has seen yet.
    private DateTimeOffset? _changedAt;
    private bool _unevaluated;

    // The list of models has not been told of the latest evaluation.
    private bool _unreported;
    private DateTimeOffset? _scheduledFor;

    /// <inheritdoc/>
    public async Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default)
    {
        RequireExists();
        var asked = WindowOf(window);
        if (_state.Plan is null)
            return Learning(asked);
        if (!_state.Settings.Windows.Contains(asked.Name))
            return Evaluate(asked, PaneStore.AllRows, CurrentReference(), out _);
        if (now || _unevaluated || _evaluatedAt is null || Now - _evaluatedAt >= Options.IdleEvaluationInterval)
            await EvaluateAsync(cancellationToken);
        // The state may have been read again meanwhile, and remembers no verdict.
        return _state.Plan is null ? Learning(asked)
            : _state.Window(asked.Name).Latest ?? (_left ? throw Leaves() : Evaluate(asked, PaneStore.AllRows, CurrentReference(), out _));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default)
    {
        RequireExists();
        var asked = WindowOf(window);
        if (_state.Panes is not { } panes)
            return Task.FromResult<IReadOnlyList<Verdict>>([]);
        var reference = CurrentReference();
        var verdicts = panes.Segments
            .Where(s => s != PaneStore.AllRows)
            .Select(s => Evaluate(asked, s, reference, out var current) with { Serving = ServingSummary.Of(current.Serving) })
            .OrderByDescending(v => v.Status == VerdictStatus.Ok)
            .ThenByDescending(v => v.Severity)
            .ThenByDescending(v => v.CombinedScore ?? 0)
            .ThenBy(v => v.Segment, StringComparer.Ordinal)
            .ToList();
        return Task.FromResult<IReadOnlyList<Verdict>>(verdicts);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default)
    {
        RequireExists();
        return _services.History.ReadAsync(_id, query, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        RequireExists();
        if (_state.LastChange <= after)
        {
            try
            {
                await _changed.Task.WaitAsync(wait, _services.Clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                return [];
            }

            RequireExists();
        }

        return [.. _state.Changes.Where(c => c.Number > after)];
    }

    private void ScheduleEvaluation()
    {
        if (_left)
            return;
        var interval = _changedAt is not null || _unevaluated ? Options.EvaluationInterval
            : _unreported ? ReportInterval
            : Options.IdleEvaluationInterval;
        var now = Now;
        // Lost panes are read again with the next evaluation, which fails for as long as the database is away.
        var due = IsLost ? now + Options.EvaluationInterval : _evaluatedAt + interval is { } next && next > now ? next : now;
        if (_scheduledFor is { } set && set <= due)
            return;
        _scheduledFor = due;
        _context?.SetTimer(due - now, TickAsync);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        _scheduledFor = null;
        if (_state.Plan is null || _left)
            return;
        try
        {
            await EvaluateAsync(cancellationToken);
        }
        finally
        {
            if (_state.Plan is not null)
                ScheduleEvaluation();
        }
    }

    /// <summary>Evaluates all windows and sees to what follows: counters, gauges, state changes, history, the list of models.</summary>
    private async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        if (IsLost)
            await ChangeAsync(() => Task.FromResult(true), cancellationToken);
        if (_left || _state.Plan is null)
            return;
        var now = Now;
        var fresh = _changedAt is not null;
        if (_changedAt is { } since)
            _services.Instruments.Lagged(now - since);
        _changedAt = null;
        _unevaluated = false;
        _evaluatedAt = now;
        _state.Panes!.RollUp(now);
        var reference = CurrentReference();
        var toHistory = new List<Verdict>();
        bool changed = false, first = false;
        Profile? leading = null;
        foreach (var name in _state.Settings.Windows)
        {
            var window = _state.Window(name);
            var started = _services.Clock.GetTimestamp();
            var verdict = Evaluate(Window.Parse(name), PaneStore.AllRows, reference, out var current);
            _services.Instruments.Checked(_id, verdict, _services.Clock.GetElapsedTime(started));
            leading ??= current;
            first |= window.Latest is null;
            window.Latest = verdict;
            var before = window.Severity;
            if (verdict.Status == VerdictStatus.Ok && verdict.Severity != before)
            {
                window.Severity = verdict.Severity;
                Publish(Change("severity", verdict, before));
                changed = true;
            }

            // An evaluation that saw no new rows says nothing new: it neither opens nor closes.
            if (fresh && window.Hysteresis.Observe(verdict, _state.Settings.Hysteresis))
            {
                if (window.Hysteresis.IsOpen)
                    LogDriftOpened(_id, name, verdict.Severity, Columns(verdict));
                else
                    LogDriftClosed(_id, name);
                Publish(Change(window.Hysteresis.IsOpen ? "drift_opened" : "drift_closed", verdict, before));
                changed = true;
            }

            if (fresh && name == _state.Settings.Windows[0])
            {
                changed |= FollowAlerts(verdict);
                TellTrigger(verdict);
            }

            if (verdict.Status == VerdictStatus.Ok && (before != verdict.Severity || window.HistoryAt is null || now - window.HistoryAt >= Options.HistoryInterval))
            {
                window.HistoryAt = now;
                toHistory.Add(verdict);
            }
        }

        PublishGauges(reference, leading!);
        if (!fresh)
            _state.Rest();
        var evaluated = _state;
        foreach (var verdict in toHistory)
        {
            await WriteHistoryAsync(verdict, cancellationToken);
            // Deleted, passivated or read again meanwhile: what follows would speak of a state that is gone.
            if (_left || !ReferenceEquals(evaluated, _state))
                return;
        }

        if (changed)
            await KeepAsync(cancellationToken);
        if (_left || !_state.Exists)
            return;
        _unreported |= fresh;
        if (changed || first || (_unreported && now - _reportedAt >= ReportInterval))
            await ReportStatusAsync(cancellationToken);
    }

    /// <summary>A change of the drift state is rare and matters: it is written at once, so that a restart neither forgets nor repeats it.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            Task? written = null;
            while (written is null)
            {
                // Waited for outside the gate: ingest goes on meanwhile.
                await WrittenAsync();
                written = await ChangeAsync(
                    async () => !_state.Exists ? Task.CompletedTask : _writing.IsCompleted ? await BeginSaveAsync(SnapshotCopies.Latest) : null,
                    cancellationToken);
            }

            await written;
        }
        catch (DriftException) when (_left)
        {
            // Written as it left, or found again by whoever reads the journal.
        }
        catch (DriftException e)
        {
            LogSnapshotFailed(_id, e);
        }
    }

    private async Task WriteHistoryAsync(Verdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            await _services.History.WriteAsync(_id, verdict, cancellationToken);
        }
        catch (DriftException e)
        {
            LogHistoryFailed(_id, e);
        }
    }

    private Verdict Evaluate(Window window, string segment, Dictionary<string, Profile> reference, out Profile current)
    {
        var settings = DetectionSettings.From(_state.Settings);
        current = _state.Panes!.MergeWindow(segment, window, Now);
        // A segment is compared with its own reference rows where there are enough of them, else with all.
        var baseline = reference.TryGetValue(segment, out var own) && own.Rows >= settings.MinRows ? own : reference[PaneStore.AllRows];
        return DriftEvaluator.Evaluate(baseline, current, settings, Now) with
        {
            Model = _id.ToString(),
            Window = window.Name,
            Segment = segment == PaneStore.AllRows ? null : segment,
        };
    }

    private Verdict Learning(Window window) => new()
    {
        Model = _id.ToString(),
        Window = window.Name,
        EvaluatedAt = Now,
        Status = VerdictStatus.Learning,
        Rows = 0,
        ReferenceRows = _state.KeptRows,
    };

    private static VerdictChange Change(string kind, Verdict verdict, Severity before) => new()
    {
        Kind = kind,
        At = verdict.EvaluatedAt,
        Window = verdict.Window,
        Severity = verdict.Severity,
        Previous = before,
        Columns = [.. verdict.Features.Where(f => f.Drifted).Take(10).Select(f => f.Name)],
    };

    private void Publish(VerdictChange change)
    {
        _state.Changes.Add(change with { Number = ++_state.LastChange });
        if (_state.Changes.Count > KeptChanges)
            _state.Changes.RemoveAt(0);
        ReleaseWaiters();
    }

    private void ReleaseWaiters()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    private async Task ReportStatusAsync(CancellationToken cancellationToken)
    {
        _reportedAt = Now;
        _unreported = false;
        var leading = _state.Windows.GetValueOrDefault(_state.Settings.Windows[0]);
        var status = new ModelStatus
        {
            Name = _id.Name,
            Status = _state.State,
            Rows = _state.Rows,
            LastIngest = _state.LastIngest,
            ReportedAt = Now,
            DriftOpen = leading?.Hysteresis.IsOpen ?? false,
            Verdict = leading?.Latest is { } verdict ? verdict with { Features = [.. verdict.Features.Take(5)] } : null,
        };
        try
        {
            await _services.Engine().Catalog(_id.Tenant).ReportAsync(status, cancellationToken);
        }
        catch (DriftException e)
        {
            LogReportFailed(_id, e);
        }
    }

    private static string Columns(Verdict verdict) => string.Join(", ", verdict.Features.Where(f => f.Drifted).Take(5).Select(f => f.Name));

    [LoggerMessage(EventId = 2010, EventName = "DriftOpened", Level = LogLevel.Warning, Message = "Model {Model}, window {Window}: drift, {Severity}. Worst columns: {Columns}.")]
    private partial void LogDriftOpened(ModelId model, string window, Severity severity, string columns);

    [LoggerMessage(EventId = 2011, EventName = "DriftClosed", Level = LogLevel.Information, Message = "Model {Model}, window {Window}: the drift is over.")]
    private partial void LogDriftClosed(ModelId model, string window);

    [LoggerMessage(EventId = 2012, EventName = "HistoryFailed", Level = LogLevel.Warning, Message = "Model {Model}: a verdict could not be written to history. Rows and verdicts go on; if this repeats, look at the database.")]
    private partial void LogHistoryFailed(ModelId model, Exception exception);

    [LoggerMessage(EventId = 2013, EventName = "ReportFailed", Level = LogLevel.Warning, Message = "Model {Model}: the list of models could not be told of its state; it is told again with the next change.")]
    private partial void LogReportFailed(ModelId model, Exception exception);

    [LoggerMessage(EventId = 2014, EventName = "ReferenceFixed", Level = LogLevel.Information, Message = "Model {Model}: plan {Plan} is fixed from a reference of {Rows} rows; it monitors.")]
    private partial void LogReferenceFixed(ModelId model, int plan, long rows);
}
