using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>Ties an instrument to its family.</summary>
internal abstract class InstrumentBinding
{
    private readonly KeyValuePair<string, object?>[] _constantTags;
    private readonly RegistryDiagnostics _diagnostics;

    private NumberSeries? _dropped;

    protected InstrumentBinding(Instrument instrument, MetricFamily family, RegistryDiagnostics diagnostics)
    {
        Instrument = instrument;
        Family = family;
        _diagnostics = diagnostics;
        _constantTags = [.. instrument.Meter.Tags ?? [], .. instrument.Tags ?? []];
    }

    public Instrument Instrument { get; }

    public MetricFamily Family { get; }

    /// <summary>Writes the labels that a measurement's tags become.</summary>
    protected void WriteLabels(LabelWriter labels, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        labels.Write(_constantTags, tags, renameBound: Family.Kind == MetricKind.Histogram);

    protected void CountDropped()
    {
        var dropped = Volatile.Read(ref _dropped);
        if (dropped is null)
        {
            dropped = _diagnostics.FirstDropped(Instrument);
            Volatile.Write(ref _dropped, dropped);
        }

        dropped.Add(1);
    }
}
