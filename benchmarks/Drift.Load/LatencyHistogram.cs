using System.Numerics;

namespace Drift.Load;

/// <summary>
/// Latencies in buckets that grow with the value, as HdrHistogram's do: a quantile is at most 1/128 (0.8 %) above the true one, and
/// recording is two shifts and an increment. Not thread-safe: one per connection, merged at the end.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int Sub = 1 << SubBits;

    // Nanoseconds up to 2^63: one linear range and one row of sub-buckets per further power of two.
    private readonly long[] _counts = new long[(64 - SubBits) * Sub];
    private long _max;

    public long Count { get; private set; }

    public TimeSpan Max => FromNanoseconds(_max);

    public void Record(TimeSpan latency)
    {
        var nanoseconds = Math.Max(0, latency.Ticks) * TimeSpan.NanosecondsPerTick;
        _counts[BucketOf(nanoseconds)]++;
        _max = Math.Max(_max, nanoseconds);
        Count++;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        _max = Math.Max(_max, other._max);
        Count += other.Count;
    }

    /// <summary>The smallest value that at least a share <paramref name="quantile"/> of the latencies does not exceed; zero when there are none.</summary>
    public TimeSpan Quantile(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return FromNanoseconds(Math.Min(UpperBoundOf(i), _max));
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(long value)
    {
        if (value < Sub)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift * Sub) + (int)(value >> shift);
    }

    private static long UpperBoundOf(int bucket)
    {
        if (bucket < Sub)
            return bucket;
        var shift = (bucket / Sub) - 1;
        return (((long)((bucket % Sub) + Sub) + 1) << shift) - 1;
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
