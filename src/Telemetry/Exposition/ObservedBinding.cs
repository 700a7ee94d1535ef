using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>Calls the callback of an observable instrument at each scrape and takes what it reports, or nothing if it throws.</summary>
/// <remarks>
/// It has a listener to itself: a listener with several observable instruments does not say which callback threw. It finds a series by its
/// labels, written anew at each scrape: remembering the tags of each would take as much memory as the series.
/// Everything here runs under the registry's scrape lock.
/// </remarks>
internal sealed class ObservedBinding : InstrumentBinding, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly RegistryDiagnostics _diagnostics;
    private readonly bool _isAdditive;
    private readonly List<Report> _reports = [];
    private readonly LabelWriter _labels = new();
    private long _generation;
    private bool _isFailing;

    public ObservedBinding(
        Instrument instrument, MetricFamily family, RegistryDiagnostics diagnostics, bool isAdditive, Action<ObservedBinding> completed)
        : base(instrument, family, diagnostics)
    {
        _diagnostics = diagnostics;
        _isAdditive = isAdditive;
        _listener.MeasurementsCompleted = (_, _) => completed(this);
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => To(state).Observe(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => To(state).Observe(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => To(state).Observe(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => To(state).Observe(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => To(state).Observe(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => To(state).Observe(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => To(state).Observe((double)value, tags));
    }

    public void Start() => _listener.EnableMeasurementEvents(Instrument, this);

    public void Collect(long generation)
    {
        _generation = generation;
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (Exception exception)
        {
            // Nothing of a callback that failed half-way is shown: a part of a snapshot would look like vanished series.
            foreach (var report in _reports)
            {
                if (report.IsFirst)
                    Family.Retract(report.Series);
            }

            _reports.Clear();
            _diagnostics.CallbackFailed(Instrument, exception, isNew: !_isFailing);
            _isFailing = true;
            return;
        }

        _isFailing = false;
        foreach (var report in _reports)
        {
            // A series reported twice: parts of a total are added, of a gauge the last report stands.
            if (report.IsFirst || !_isAdditive)
                report.Series.Set(report.Value);
            else
                report.Series.Add(report.Value);
        }

        _reports.Clear();
    }

    public void Dispose() => _listener.Dispose();

    private static ObservedBinding To(object? state) => (ObservedBinding)state!;

    private void Observe(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        WriteLabels(_labels, tags);
        if (Family.GetOrAdd(_labels) is NumberSeries series && Family.TryReport(series, _generation, out var isFirst))
            _reports.Add(new Report(series, value, isFirst));
        else
            CountDropped();
    }

    private readonly record struct Report(NumberSeries Series, double Value, bool IsFirst);
}
