using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Drift.Telemetry.Exposition;

/// <summary>What the registry tells of itself: its own metrics, and a log line when a condition begins.</summary>
internal sealed partial class RegistryDiagnostics(ILogger logger)
{
    private readonly RecordedFamily _conflicts = Family(
        "drift_metrics_conflicts", "Instruments left out because another one has their name with another type.");

    private readonly RecordedFamily _dropped = Family(
        "drift_metrics_series_dropped", "Measurements dropped because the instrument already has as many series as are kept.");

    private readonly RecordedFamily _callbackErrors = Family(
        "drift_metrics_callback_errors", "Scrapes in which the callback of an observable instrument threw.");

    public IReadOnlyList<RecordedFamily> Families => [_conflicts, _dropped, _callbackErrors];

    public void LeftOut(Instrument instrument, string family)
    {
        SeriesOf(_conflicts, instrument).Add(1);
        LogLeftOut(instrument.Name, instrument.Meter.Name, family);
    }

    /// <summary>Says that measurements begin to be dropped; returns the counter to count them in.</summary>
    public NumberSeries FirstDropped(Instrument instrument)
    {
        LogDropped(instrument.Name, instrument.Meter.Name);
        return SeriesOf(_dropped, instrument);
    }

    public void CallbackFailed(Instrument instrument, Exception exception, bool isNew)
    {
        SeriesOf(_callbackErrors, instrument).Add(1);
        if (isNew)
            LogCallbackFailed(exception, instrument.Name, instrument.Meter.Name);
    }

    private static RecordedFamily Family(string name, string help) =>
        new(name, unit: "", help, MetricKind.Counter, bounds: [], maxSeries: int.MaxValue);

    private static NumberSeries SeriesOf(RecordedFamily family, Instrument instrument)
    {
        var labels = new LabelWriter();
        labels.Write([], [new("instrument", instrument.Name)], renameBound: false);
        return (NumberSeries)family.GetOrAdd(labels)!;
    }

    [LoggerMessage(TelemetryEventId.InstrumentLeftOut, LogLevel.Warning,
        "Instrument {Instrument} of meter {Meter} is left out of the metrics: {Family} is taken by an instrument of another type. "
        + "Rename one of the two.")]
    private partial void LogLeftOut(string instrument, string meter, string family);

    [LoggerMessage(TelemetryEventId.SeriesDropped, LogLevel.Warning,
        "Instrument {Instrument} of meter {Meter} has reached the limit of series; further label sets are dropped and counted in "
        + "drift_metrics_series_dropped_total. Give it fewer label values, or raise Drift:Metrics:MaxSeriesPerInstrument.")]
    private partial void LogDropped(string instrument, string meter);

    [LoggerMessage(TelemetryEventId.CallbackFailed, LogLevel.Warning,
        "The callback of observable instrument {Instrument} of meter {Meter} threw; it is left out until it works again.")]
    private partial void LogCallbackFailed(Exception exception, string instrument, string meter);
}
