namespace Drift.Telemetry.Exposition;

/// <summary>The value of a counter or gauge. All members may be called from many threads; none takes a lock.</summary>
/// <remarks>
/// Whole and fractional additions are kept apart: adding a whole number is one interlocked instruction and stays exact beyond 2^53.
/// </remarks>
internal sealed class NumberSeries(byte[] key, byte[] labels) : Series(key, labels)
{
    private long _whole;
    private double _real;

    public void Add(long value) => Interlocked.Add(ref _whole, value);

    public void Add(double value)
    {
        var seen = Volatile.Read(ref _real);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _real, seen + value, seen);

            // Bits are compared, because a NaN, once in, would never equal itself.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
                return;
            seen = before;
        }
    }

    public void Set(double value) => Volatile.Write(ref _real, value);

    public void WriteValue(ref ExpositionWriter writer)
    {
        var whole = Interlocked.Read(ref _whole);
        var real = Volatile.Read(ref _real);
        if (real == 0)
            writer.Write(whole);
        else
            writer.Write(whole + real);
    }
}
