using System.Globalization;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    private const int AlertColumns = 10;

    /// <summary>Opens, changes and closes alerts by a verdict of the first window; true when something changed that must be kept.</summary>
    private bool FollowAlerts(Verdict verdict)
    {
        if (verdict.Status != VerdictStatus.Ok)
            return false;
        var before = _state.AlertChanges.Count;
        foreach (var track in _state.Alerts)
        {
            if (SeverityOf(track.Kind, verdict) is { } severity)
                Follow(track, verdict, track.Hysteresis.Observe(severity, _state.Settings.Hysteresis));
        }

        return _state.AlertChanges.Count > before;
    }

    private void Follow(AlertTrack track, Verdict verdict, Severity severity)
    {
        if (severity < _state.Settings.Alerts.MinSeverity)
        {
            if (track.Open is not null)
                Resolve(track, "the drift is over", verdict.EvaluatedAt);
            return;
        }

        if (track.Open is { } open)
        {
            if (open.Severity != severity)
                Record(track, AlertEvent.Changed, Describe(open with { Sequence = open.Sequence + 1 }, verdict, severity));
            return;
        }

        track.Episode++;
        var opened = new Alert
        {
            Id = track.IdOf(_id, _state.CreatedAt),
            Tenant = _id.Tenant,
            Model = _id.Name,
            Kind = track.Kind,
            Sequence = 1,
            OpenedAt = verdict.EvaluatedAt,
        };
        Record(track, AlertEvent.Opened, Describe(opened, verdict, severity));
    }

    /// <summary>Closes what is open of a model that no longer compares anything.</summary>
    private void ResolveAlerts(string resolution)
    {
        foreach (var track in _state.Alerts)
        {
            track.Hysteresis = new SeverityHysteresis();
            if (track.Open is not null)
                Resolve(track, resolution, Now);
        }
    }

    private void Resolve(AlertTrack track, string resolution, DateTimeOffset at)
    {
        var open = track.Open!;
        Record(track, AlertEvent.Resolved, open with { Sequence = open.Sequence + 1, UpdatedAt = at, ResolvedAt = at, Resolution = resolution });
    }

    private void Record(AlertTrack track, AlertEvent change, Alert alert)
    {
        track.Open = change == AlertEvent.Resolved ? null : alert;
        _state.AlertChanges.Add(new AlertChange(track, change, alert));
    }

    /// <summary>The silences that alerts to be stored are held against; none are read when no alert changed.</summary>
    private async Task<IReadOnlyList<Silence>> SilencesAsync() =>
        _state.AlertChanges.Count == 0 ? [] : await _services.Alerts.ListSilencesAsync(_id.Tenant, Now, CancellationToken.None);

    /// <summary>What is to be stored with a snapshot for the alerts that changed. On the turn that encodes it: it holds the same changes.</summary>
    private SnapshotEffects AlertEffects(IReadOnlyList<Silence> silences)
    {
        if (_state.AlertChanges.Count == 0)
            return SnapshotEffects.None;
        var alerts = new List<Alert>();
        var outbox = new List<OutboxEntry>();
        foreach (var (track, change, alert) in _state.AlertChanges)
        {
            var silenced = Silence.Cover(silences, alert, Now);
            var told = change == AlertEvent.Resolved ? track.Told : !silenced;
            track.Told = change switch
            {
                AlertEvent.Opened => told,
                AlertEvent.Changed => track.Told || told,
                _ => false,
            };
            var recorded = alert with { Silenced = !told };
            alerts.Add(recorded);
            if (told)
                outbox.AddRange(_services.AlertRouter.Route(recorded, change));
        }

        return new SnapshotEffects(alerts, outbox);
    }

    private void AlertsKept(ModelSnapshot state, SnapshotEffects effects)
    {
        state.AlertChanges.RemoveRange(0, effects.Alerts.Count);
        foreach (var alert in effects.Alerts)
        {
            if (alert.ResolvedAt is not null)
                LogAlertResolved(_id, alert.Kind, alert.Id, alert.Resolution!);
            else if (alert.Sequence == 1)
                LogAlertOpened(_id, alert.Kind, alert.Id, alert.Severity, alert.Silenced);
            else
                LogAlertChanged(_id, alert.Kind, alert.Id, alert.Severity, alert.Silenced);
        }
    }

    private static Severity? SeverityOf(string kind, Verdict verdict) => kind == AlertKind.Accuracy
        ? verdict.AccuracySeverity
        : verdict.Features.Where(f => f.Drifted && Alarms(f)).Select(f => f.Severity).DefaultIfEmpty(Severity.None).Max();

    private static bool Alarms(ColumnVerdict column) => column.Role is ColumnRole.Feature or ColumnRole.Prediction;

    private static Alert Describe(Alert alert, Verdict verdict, Severity severity)
    {
        var accuracy = alert.Kind == AlertKind.Accuracy;
        string[] columns = accuracy ? [] : [.. verdict.Features.Where(f => f.Drifted && Alarms(f)).Take(AlertColumns).Select(f => f.Name)];
        return alert with
        {
            Window = verdict.Window,
            Severity = severity,
            UpdatedAt = verdict.EvaluatedAt,
            Columns = columns,
            Values = ValuesOf(verdict),
            Summary = accuracy ? AccuracySummary(alert.Model!, verdict, severity) : DriftSummary(alert.Model!, verdict, severity, columns),
        };
    }

    private static Dictionary<string, double> ValuesOf(Verdict verdict) =>
        new (string Name, double? Value)[]
        {
            ("psi", verdict.Psi),
            ("kl", verdict.Kl),
            ("js", verdict.Js),
            ("combined_score", verdict.CombinedScore),
            ("drifted_columns", verdict.DriftedColumns),
            ("rows", verdict.Rows),
            ("reference_accuracy", verdict.ReferenceAccuracy),
            ("current_accuracy", verdict.CurrentAccuracy),
        }
        .Where(v => v.Value is { } value && double.IsFinite(value))
        .ToDictionary(v => v.Name, v => v.Value!.Value, StringComparer.Ordinal);

    private static string DriftSummary(string model, Verdict verdict, Severity severity, string[] columns) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Word(severity)} drift of {model} in the last {verdict.Window}: {columns.Length switch { 0 => "no single column", 1 => columns[0], 2 => $"{columns[0]} and {columns[1]}", _ => $"{columns[0]}, {columns[1]} and {columns.Length - 2} more" }}, PSI {verdict.Psi:0.00}.");

    private static string AccuracySummary(string model, Verdict verdict, Severity severity) => verdict.ReferenceAccuracy is { } before
        ? string.Create(CultureInfo.InvariantCulture, $"{Word(severity)} loss of accuracy of {model} in the last {verdict.Window}: {verdict.CurrentAccuracy:0.000}, it was {before:0.000}.")
        : string.Create(CultureInfo.InvariantCulture, $"{Word(severity)} low accuracy of {model} in the last {verdict.Window}: {verdict.CurrentAccuracy:0.000}.");

    private static string Word(Severity severity) => severity.ToString();

    [LoggerMessage(EventId = 2020, EventName = "AlertOpened", Level = LogLevel.Warning, Message = "Model {Model}: {Kind} alert {AlertId} is open, {Severity}; silenced: {Silenced}.")]
    private partial void LogAlertOpened(ModelId model, string kind, string alertId, Severity severity, bool silenced);

    [LoggerMessage(EventId = 2021, EventName = "AlertChanged", Level = LogLevel.Warning, Message = "Model {Model}: {Kind} alert {AlertId} is {Severity} now; silenced: {Silenced}.")]
    private partial void LogAlertChanged(ModelId model, string kind, string alertId, Severity severity, bool silenced);

    [LoggerMessage(EventId = 2022, EventName = "AlertResolved", Level = LogLevel.Information, Message = "Model {Model}: {Kind} alert {AlertId} is resolved: {Resolution}.")]
    private partial void LogAlertResolved(ModelId model, string kind, string alertId, string resolution);
}
