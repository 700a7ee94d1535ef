using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>Takes the measurements of a counter, an up-down counter, a gauge or a histogram as they are recorded, on any thread.</summary>
internal sealed class RecordingBinding(
    Instrument instrument, MetricFamily family, RegistryDiagnostics diagnostics, InstrumentShape shape)
    : InstrumentBinding(instrument, family, diagnostics)
{
    /// <summary>Records a whole number. A counter ignores a negative one: it must not fall.</summary>
    public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (value < 0 && shape.Kind == MetricKind.Counter)
            return;

        switch (Find(tags))
        {
            case HistogramSeries histogram:
                histogram.Record(value);
                break;
            case NumberSeries number when shape.IsAdditive:
                number.Add(value);
                break;
            case NumberSeries number:
                number.Set(value);
                break;
        }
    }

    /// <summary>
    /// Records a fractional number. Where measurements are added up, NaN and infinity are ignored, because one of them would spoil
    /// the sum for good; a gauge shows them.
    /// </summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (shape.IsAdditive && !double.IsFinite(value))
            return;
        if (value < 0 && shape.Kind == MetricKind.Counter)
            return;

        switch (Find(tags))
        {
            case HistogramSeries histogram:
                histogram.Record(value);
                break;
            case NumberSeries number when shape.IsAdditive:
                number.Add(value);
                break;
            case NumberSeries number:
                number.Set(value);
                break;
        }
    }
}
