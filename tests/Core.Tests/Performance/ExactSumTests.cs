using Drift.Core.Codec;
using Drift.Core.Performance;
using Drift.Core.Tests.Profiles;
using FsCheck;
using FsCheck.Fluent;

namespace Drift.Core.Tests.Performance;

public sealed class ExactSumTests
{
    [Fact]
    public void Nothing_cancels_and_nothing_is_lost()
    {
        Assert.Equal(3, Sum([1e308, 1, -1e308, 2]).Mean(1));
        Assert.Equal(double.Epsilon, Sum([double.MaxValue, double.Epsilon, -double.MaxValue]).Mean(1));
        Assert.Equal(-0.1, Sum([-0.1]).Mean(1));
        Assert.Equal(1.0 / 3, Sum([1]).Mean(3));
        Assert.Equal(0, Sum([]).Mean(1));
        Assert.Equal(0, Sum([5]).Mean(0));
        Assert.Equal(double.MaxValue, Sum([double.MaxValue, double.MaxValue]).Mean(2));
    }

    [Fact]
    public void Any_order_and_grouping_gives_the_same_bytes_and_they_come_back() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<int>(), (int seed) =>
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, random.Next(80)).Select(_ => Value(random)).ToArray();
            var merged = Samples.MergeAtRandom(
                random, values.Length, () => new ExactSum(), (s, rows) => Array.ForEach(rows, r => s.Add(values[r])), (a, b) => a.Merge(b));
            var bytes = Bytes(Sum(values));
            var reader = new ByteReader(bytes, "sum");
            var read = ExactSum.Read(ref reader, "sum");
            reader.End();
            return bytes.SequenceEqual(Bytes(merged)) && bytes.SequenceEqual(Bytes(read)) && read.Units == Sum(values).Units;
        }));

    [Fact]
    public void Garbage_throws_only_codec_exceptions()
    {
        var random = new Random(21);
        var sound = Bytes(Sum([1e100, -3.7, 1e-200]));
        for (var i = 0; i < 10_000; i++)
        {
            try
            {
                var reader = new ByteReader(Samples.Mutate(random, sound), "sum");
                var read = ExactSum.Read(ref reader, "sum");
                read.Merge(read);
                Bytes(read);
            }
            catch (CodecException)
            {
            }
        }
    }

    [Fact]
    public void Values_that_are_not_finite_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Sum([double.NaN]));

    private static double Value(Random random)
    {
        var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return double.IsFinite(value) && random.Next(3) > 0 ? value : random.Next(-5, 5) * 0.1;
    }

    private static ExactSum Sum(double[] values)
    {
        var sum = new ExactSum();
        foreach (var value in values)
            sum.Add(value);
        return sum;
    }

    private static byte[] Bytes(ExactSum sum)
    {
        var writer = new ByteWriter();
        sum.Write(writer);
        return writer.ToArray();
    }
}
