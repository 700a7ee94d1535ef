using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>Ties an instrument to its family and remembers which tags lead to which series.</summary>
/// <remarks>
/// Looking up tags seen before takes no lock and allocates nothing. Equal tags in another order are another entry here and the same
/// series in the family.
/// </remarks>
internal abstract class InstrumentBinding
{
    private readonly KeyValuePair<string, object?>[] _constantTags;
    private readonly RegistryDiagnostics _diagnostics;

    // One level of concurrency: entries are only ever written under the family's lock.
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series> _byTags =
        new(concurrencyLevel: 1, capacity: 7, TagComparer.Instance);

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series>
        .AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;

    private volatile Series? _untagged;
    private long _remembered;
    private NumberSeries? _dropped;

    protected InstrumentBinding(Instrument instrument, MetricFamily family, RegistryDiagnostics diagnostics)
    {
        Instrument = instrument;
        Family = family;
        _diagnostics = diagnostics;
        _constantTags = [.. instrument.Meter.Tags ?? [], .. instrument.Tags ?? []];
        _lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public Instrument Instrument { get; }

    public MetricFamily Family { get; }

    /// <summary>Notes which series these tags lead to. Called under the family's lock.</summary>
    /// <param name="tags">The tags as they came.</param>
    /// <param name="series">Their series.</param>
    /// <param name="limit">Beyond so many entries nothing more is noted: tags in ever new orders must not fill the memory.</param>
    public void Remember(ReadOnlySpan<KeyValuePair<string, object?>> tags, Series series, long limit)
    {
        if (tags.IsEmpty)
            _untagged = series;
        else if (_remembered < limit && _byTags.TryAdd(tags.ToArray(), series))
            _remembered++;
    }

    /// <summary>Lets go of the series that have left the family. Called under the family's lock.</summary>
    public void DropRemoved()
    {
        if (_untagged is { Removed: true })
            _untagged = null;
        foreach (var entry in _byTags)
        {
            if (entry.Value.Removed && _byTags.TryRemove(entry))
                _remembered--;
        }
    }

    /// <summary>The series of these tags; null, and one more dropped measurement on the books, when the family is full.</summary>
    protected Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            if (_untagged is { } untagged)
                return untagged;
        }
        else if (_lookup.TryGetValue(tags, out var known))
        {
            return known;
        }

        var labels = LabelSet.Create(_constantTags, tags, renameBound: Family.Kind == MetricKind.Histogram);
        var series = Family.GetOrAdd(labels, this, tags);
        if (series is null)
            CountDropped();
        return series;
    }

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
