using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>
/// All series under one name. It belongs to one instrument, or to several that come out under the same name and have the same type;
/// the first of them decides help, unit and buckets.
/// </summary>
internal sealed class MetricFamily
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], Series> _series = new(KeyComparer.Instance);
    private readonly Dictionary<byte[], Series>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly List<InstrumentBinding> _bindings = [];
    private readonly double[] _bounds;
    private readonly int _maxSeries;
    private readonly byte[] _sampleName;
    private readonly byte[] _textHeader;
    private readonly byte[] _openMetricsHeader;
    private readonly byte[][] _textBounds;
    private readonly byte[][] _openMetricsBounds;
    private Series[]? _sorted;
    private int _reported;

    public MetricFamily(string name, string unit, string? help, MetricKind kind, bool isObservable, double[] bounds, int maxSeries)
    {
        _byKey = _series.GetAlternateLookup<ReadOnlySpan<byte>>();
        Name = name;
        Kind = kind;
        IsObservable = isObservable;
        _bounds = bounds;
        _maxSeries = maxSeries;
        var sampleName = kind == MetricKind.Counter ? name + "_total" : name;
        _sampleName = Encoding.UTF8.GetBytes(sampleName);
        _textHeader = Header(sampleName, kind, unit: "", help, openMetrics: false);
        _openMetricsHeader = Header(name, kind, unit, help, openMetrics: true);
        _textBounds = [.. bounds.Select(bound => BoundLabel(Numbers.FormatBound(bound, openMetrics: false))), BoundLabel("+Inf")];
        _openMetricsBounds = [.. bounds.Select(bound => BoundLabel(Numbers.FormatBound(bound, openMetrics: true))), BoundLabel("+Inf")];
    }

    /// <summary>The name as OpenMetrics has it: without <c>_total</c>.</summary>
    public string Name { get; }

    public MetricKind Kind { get; }

    public bool IsObservable { get; }

    public void Attach(InstrumentBinding binding)
    {
        lock (_lock)
            _bindings.Add(binding);
    }

    /// <summary>Takes an instrument out; true when it was the last one.</summary>
    public bool Detach(InstrumentBinding binding)
    {
        lock (_lock)
            return _bindings.Remove(binding) && _bindings.Count == 0;
    }

    /// <summary>The series of these labels, new if need be; null when the family is full.</summary>
    public Series? GetOrAdd(LabelWriter labels)
    {
        lock (_lock)
            return GetOrAddLocked(labels);
    }

    /// <summary>As <see cref="GetOrAdd(LabelWriter)"/>, and the binding remembers the tags, so that it need not ask again.</summary>
    /// <remarks>One lock covers both steps and <see cref="Forget"/>: a binding never remembers a series that has left.</remarks>
    public Series? GetOrAdd(LabelWriter labels, RecordingBinding binding, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            var series = GetOrAddLocked(labels);
            if (series is not null)
                binding.Remember(tags, series, limit: 2L * _maxSeries);
            return series;
        }
    }

    /// <summary>Marks a series as reported in this scrape; false when the scrape already has as many series as are kept.</summary>
    /// <remarks>Called under the registry's scrape lock, as is everything that touches generations.</remarks>
    public bool TryReport(Series series, long generation, out bool isFirst)
    {
        isFirst = series.Generation != generation;
        if (!isFirst)
            return true;
        if (_reported >= _maxSeries)
            return false;
        series.Generation = generation;
        _reported++;
        return true;
    }

    /// <summary>Takes back a report, when the callback it came from failed later.</summary>
    public void Retract(Series series)
    {
        series.Generation = 0;
        _reported--;
    }

    public void BeginScrape() => _reported = 0;

    /// <summary>Removes the series that no callback reported in this scrape.</summary>
    public void EndScrape(long generation)
    {
        lock (_lock)
        {
            if (_reported < _series.Count)
                RemoveLocked(series => series.Generation != generation);
        }
    }

    /// <summary>Removes the series that carry all these labels; returns how many they were.</summary>
    /// <param name="labels">Each as of <see cref="LabelWriter.Label"/>.</param>
    public int Forget(byte[][] labels)
    {
        lock (_lock)
            return RemoveLocked(series => Array.TrueForAll(labels, label => LabelWriter.Contains(series.Labels, label)));
    }

    /// <summary>Writes header and samples, the series sorted by their labels; nothing at all when there are no series.</summary>
    public void Write(ref ExpositionWriter writer, bool openMetrics)
    {
        var all = Sorted();
        if (all.Length == 0)
            return;

        writer.Write(openMetrics ? _openMetricsHeader : _textHeader);
        var counts = Kind == MetricKind.Histogram ? new long[_bounds.Length + 1] : [];
        foreach (var series in all)
        {
            if (series is HistogramSeries histogram)
            {
                WriteHistogram(ref writer, histogram, counts, openMetrics);
            }
            else
            {
                WriteName(ref writer, ""u8, series.Labels);
                ((NumberSeries)series).WriteValue(ref writer);
                writer.Write("\n"u8);
            }
        }
    }

    private static byte[] Header(string name, MetricKind kind, string unit, string? help, bool openMetrics)
    {
        var header = new StringBuilder();
        if (!string.IsNullOrEmpty(help))
        {
            header.Append("# HELP ").Append(name).Append(' ');
            Escaping.Append(header, help, quotes: openMetrics);
            header.Append('\n');
        }

        var type = kind switch { MetricKind.Counter => "counter", MetricKind.Gauge => "gauge", _ => "histogram" };
        // Some fixed names of gauges end as a histogram's samples do. OpenMetrics does not mind; in the plain text promtool takes such a
        // name only without a type, and PromQL has no use for it.
        if (!openMetrics && kind == MetricKind.Gauge && name.EndsWith("_count", StringComparison.Ordinal))
            type = "untyped";
        header.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (unit.Length > 0)
            header.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        return Encoding.UTF8.GetBytes(header.ToString());
    }

    private static byte[] BoundLabel(string bound) => Encoding.UTF8.GetBytes($"le=\"{bound}\"");

    private Series? GetOrAddLocked(LabelWriter labels)
    {
        if (_byKey.TryGetValue(labels.Key, out var series))
            return series;
        if ((IsObservable ? _reported : _series.Count) >= _maxSeries)
            return null;

        var key = labels.Key.ToArray();
        var text = labels.Text.SequenceEqual(key) ? key : labels.Text.ToArray();
        series = Kind == MetricKind.Histogram ? new HistogramSeries(key, text, _bounds) : new NumberSeries(key, text);
        _series.Add(key, series);
        _sorted = null;
        return series;
    }

    private int RemoveLocked(Predicate<Series> condition)
    {
        var removed = 0;
        foreach (var (key, series) in _series)
        {
            if (!condition(series))
                continue;
            series.Removed = true;
            _series.Remove(key);
            removed++;
        }

        if (removed > 0)
        {
            _sorted = null;
            foreach (var binding in _bindings.OfType<RecordingBinding>())
                binding.DropRemoved();
        }

        return removed;
    }

    private Series[] Sorted()
    {
        lock (_lock)
        {
            if (_sorted is null)
            {
                _sorted = [.. _series.Values];
                Array.Sort(_sorted, static (x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key));
            }

            return _sorted;
        }
    }

    private void WriteHistogram(ref ExpositionWriter writer, HistogramSeries series, long[] counts, bool openMetrics)
    {
        series.Read(counts, out var sum);
        var bounds = openMetrics ? _openMetricsBounds : _textBounds;
        var cumulative = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            cumulative += counts[i];
            writer.Write(_sampleName);
            writer.Write("_bucket{"u8);
            if (series.Labels.Length > 0)
            {
                writer.Write(series.Labels);
                writer.Write(","u8);
            }

            writer.Write(bounds[i]);
            writer.Write("} "u8);
            writer.Write(cumulative);
            writer.Write("\n"u8);
        }

        // OpenMetrics forbids a sum, and a count without a sum, where buckets reach below zero: the sum could fall.
        if (openMetrics && _bounds.Length > 0 && _bounds[0] < 0)
            return;

        WriteName(ref writer, "_sum"u8, series.Labels);
        writer.Write(sum);
        writer.Write("\n"u8);
        WriteName(ref writer, "_count"u8, series.Labels);
        writer.Write(cumulative);
        writer.Write("\n"u8);
    }

    private void WriteName(ref ExpositionWriter writer, scoped ReadOnlySpan<byte> suffix, byte[] labels)
    {
        writer.Write(_sampleName);
        writer.Write(suffix);
        if (labels.Length > 0)
        {
            writer.Write("{"u8);
            writer.Write(labels);
            writer.Write("}"u8);
        }

        writer.Write(" "u8);
    }
}
