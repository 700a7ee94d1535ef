using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>
/// Takes the measurements of a counter, an up-down counter, a gauge or a histogram as they are recorded, on any thread, and remembers which tags
/// lead to which series.
/// </summary>
/// <remarks>
/// Looking up tags seen before takes no lock and allocates nothing. Equal tags in another order are another entry here and the same
/// series in the family.
/// </remarks>
internal sealed class RecordingBinding : InstrumentBinding
{
    private readonly RecordedFamily _family;
    private readonly InstrumentShape _shape;

    // One level of concurrency: entries are only ever written under the family's lock.
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Entry> _byTags =
        new(concurrencyLevel: 1, capacity: 7, TagComparer.Instance);

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Entry>
        .AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;

    // Most requests come for one route and one model: their tags are the same strings, and comparing these costs less than hashing them.
    private volatile Entry? _last;
    private volatile Series? _untagged;
    private long _remembered;

    public RecordingBinding(Instrument instrument, RecordedFamily family, RegistryDiagnostics diagnostics, InstrumentShape shape)
        : base(instrument, family, diagnostics)
    {
        _family = family;
        _shape = shape;
        _lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    /// <summary>Records a whole number. A counter ignores a negative one: it must not fall.</summary>
    public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (value < 0 && _shape.Kind == MetricKind.Counter)
            return;

        switch (Find(tags))
        {
            case HistogramSeries histogram:
                histogram.Record(value);
                break;
            case NumberSeries number when _shape.IsAdditive:
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
        if (_shape.IsAdditive && !double.IsFinite(value))
            return;
        if (value < 0 && _shape.Kind == MetricKind.Counter)
            return;

        switch (Find(tags))
        {
            case HistogramSeries histogram:
                histogram.Record(value);
                break;
            case NumberSeries number when _shape.IsAdditive:
                number.Add(value);
                break;
            case NumberSeries number:
                number.Set(value);
                break;
        }
    }

    /// <summary>Notes which series these tags lead to. Called under the family's lock.</summary>
    /// <param name="tags">The tags as they came.</param>
    /// <param name="series">Their series.</param>
    /// <param name="limit">Beyond so many entries nothing more is noted: tags in ever new orders must not fill the memory.</param>
    public void Remember(ReadOnlySpan<KeyValuePair<string, object?>> tags, Series series, long limit)
    {
        if (tags.IsEmpty)
        {
            _untagged = series;
            return;
        }

        var own = tags.ToArray();
        if (_remembered < limit && _byTags.TryAdd(own, new Entry(own, series)))
            _remembered++;
    }

    /// <summary>Lets go of the series that have left the family. Called under the family's lock.</summary>
    public void DropRemoved()
    {
        if (_untagged is { Removed: true })
            _untagged = null;
        if (_last is { Series.Removed: true })
            _last = null;
        foreach (var entry in _byTags)
        {
            if (entry.Value.Series.Removed && _byTags.TryRemove(entry))
                _remembered--;
        }
    }

    /// <summary>The series of these tags; null, and one more dropped measurement on the books, when the family is full.</summary>
    private Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            if (_untagged is { } untagged)
                return untagged;
        }
        else if (_last is { Series.Removed: false } last && TagComparer.Instance.Equals(tags, last.Tags))
        {
            return last.Series;
        }
        else if (_lookup.TryGetValue(tags, out var known))
        {
            _last = known;
            return known.Series;
        }

        var labels = new LabelWriter();
        WriteLabels(labels, tags);
        var series = _family.GetOrAdd(labels, this, tags);
        if (series is null)
            CountDropped();
        return series;
    }

    private sealed record Entry(KeyValuePair<string, object?>[] Tags, Series Series);
}
