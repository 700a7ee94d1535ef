using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>Calls the callback of an observable instrument at each scrape and takes what it reports, or nothing if it throws.</summary>
/// <remarks>
/// It has a listener to itself: a listener with several observable instruments does not say which callback threw. Everything here runs under
/// the registry's scrape lock.
/// </remarks>
internal sealed class ObservedBinding : InstrumentBinding, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ObservedFamily _family;
    private readonly RegistryDiagnostics _diagnostics;
    private readonly bool _isAdditive;
    private readonly LabelWriter _labels = new();
    private ObservedSeries? _into;
    private bool _isFailing;

    public ObservedBinding(
        Instrument instrument, ObservedFamily family, RegistryDiagnostics diagnostics, bool isAdditive, Action<ObservedBinding> completed)
        : base(instrument, family, diagnostics)
    {
        _family = family;
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

    /// <summary>Calls the callback.</summary>
    /// <param name="series">Takes what it reports.</param>
    public void Collect(ObservedSeries series)
    {
        _into = series;
        series.Begin();
        try
        {
            _listener.RecordObservableInstruments();
            series.Commit(_isAdditive);
            _isFailing = false;
        }
        catch (Exception exception)
        {
            series.Rollback();
            _diagnostics.CallbackFailed(Instrument, exception, isNew: !_isFailing);
            _isFailing = true;
        }
    }

    public void Dispose() => _listener.Dispose();

    private static ObservedBinding To(object? state) => (ObservedBinding)state!;

    private void Observe(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        WriteLabels(_labels, tags);
        if (!_into!.TryReport(_labels, value, _family.MaxSeries))
            CountDropped();
    }
}
