using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>A family whose series stay until they are forgotten: their measurements are recorded as they come, on any thread.</summary>
internal sealed class RecordedFamily : MetricFamily
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], Series> _series = new(KeyComparer.Instance);
    private readonly Dictionary<byte[], Series>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly double[] _bounds;
    private readonly byte[][] _textBounds;
    private readonly byte[][] _openMetricsBounds;
    private Series[]? _sorted;

    public RecordedFamily(string name, string unit, string? help, MetricKind kind, double[] bounds, int maxSeries)
        : base(name, unit, help, kind, maxSeries)
    {
        _byKey = _series.GetAlternateLookup<ReadOnlySpan<byte>>();
        _bounds = bounds;
        _textBounds = [.. bounds.Select(bound => BoundLabel(Numbers.FormatBound(bound, openMetrics: false))), BoundLabel("+Inf")];
        _openMetricsBounds = [.. bounds.Select(bound => BoundLabel(Numbers.FormatBound(bound, openMetrics: true))), BoundLabel("+Inf")];
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
                binding.Remember(tags, series, limit: 2L * MaxSeries);
            return series;
        }
    }

    /// <summary>Removes the series that carry all these labels; returns how many they were.</summary>
    /// <param name="labels">Each as of <see cref="LabelWriter.Label"/>.</param>
    public int Forget(byte[][] labels)
    {
        lock (_lock)
        {
            var removed = 0;
            foreach (var (key, series) in _series)
            {
                if (!Array.TrueForAll(labels, label => LabelWriter.Contains(series.Labels, label)))
                    continue;
                series.Removed = true;
                _series.Remove(key);
                removed++;
            }

            if (removed == 0)
                return 0;
            _sorted = null;
            foreach (var binding in Bindings)
                ((RecordingBinding)binding).DropRemoved();
            return removed;
        }
    }

    /// <summary>Writes header and samples, the series sorted by their labels; nothing at all when there are no series.</summary>
    public void Write(ref ExpositionWriter writer, bool openMetrics)
    {
        var all = Sorted();
        if (all.Length == 0)
            return;

        WriteHeader(ref writer, openMetrics);
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

    private static byte[] BoundLabel(string bound) => Encoding.UTF8.GetBytes($"le=\"{bound}\"");

    private Series? GetOrAddLocked(LabelWriter labels)
    {
        if (_byKey.TryGetValue(labels.Key, out var series))
            return series;
        if (_series.Count >= MaxSeries)
            return null;

        var key = labels.Key.ToArray();
        var text = labels.Text.SequenceEqual(key) ? key : labels.Text.ToArray();
        series = Kind == MetricKind.Histogram ? new HistogramSeries(key, text, _bounds) : new NumberSeries(key, text);
        _series.Add(key, series);
        _sorted = null;
        return series;
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
            writer.Write(SampleName);
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
}
