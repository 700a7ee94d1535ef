namespace Drift.Telemetry.Exposition;

/// <summary>The buckets of a histogram. A lock per series keeps sum, count and buckets of one moment together.</summary>
internal sealed class HistogramSeries(byte[] key, byte[] labels, double[] bounds) : Series(key, labels)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public void Record(double value)
    {
        var bucket = BucketOf(value);
        lock (_lock)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <summary>Copies the buckets, not yet cumulative, the last one being everything above the last bound.</summary>
    public void Read(Span<long> counts, out double sum)
    {
        lock (_lock)
        {
            _counts.CopyTo(counts);
            sum = _sum;
        }
    }

    /// <summary>The first bucket whose bound is not below the value: bounds are inclusive.</summary>
    private int BucketOf(double value)
    {
        var low = 0;
        var high = bounds.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (bounds[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
