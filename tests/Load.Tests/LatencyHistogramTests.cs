using Drift.Simulation;

namespace Drift.Load.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 2)]
    [InlineData(100_000, 3)]
    public void A_quantile_is_at_most_a_128th_above_the_true_one(int count, ulong seed)
    {
        var random = new SplitMix(seed);
        var histogram = new LatencyHistogram();
        var latencies = new List<long>();
        for (var i = 0; i < count; i++)
        {
            // From 100 ns to minutes.
            latencies.Add((long)Math.Exp(21 * random.Uniform()));
            histogram.Record(TimeSpan.FromTicks(latencies[^1]));
        }

        latencies.Sort();
        foreach (var quantile in new[] { 0, 0.01, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var exact = latencies[Math.Max(0, (int)Math.Ceiling(quantile * count) - 1)];
            var found = histogram.Quantile(quantile).Ticks;
            Assert.InRange(found, exact, exact + (exact / 128) + 1);
        }

        Assert.Equal(count, histogram.Count);
        Assert.Equal(latencies[^1], histogram.Max.Ticks);
        Assert.Equal(histogram.Max, histogram.Quantile(1));
    }

    [Fact]
    public void Merged_histograms_are_those_of_all_latencies()
    {
        var random = new SplitMix(5);
        LatencyHistogram all = new(), one = new(), other = new();
        for (var i = 0; i < 5000; i++)
        {
            var latency = TimeSpan.FromMilliseconds(10 * random.Exponential());
            all.Record(latency);
            (i % 3 == 0 ? one : other).Record(latency);
        }

        one.Add(other);
        Assert.Equal(all.Count, one.Count);
        for (var quantile = 0.0; quantile <= 1; quantile += 0.05)
            Assert.Equal(all.Quantile(quantile), one.Quantile(quantile));
    }

    [Fact]
    public void No_latencies_give_zero_and_extreme_ones_are_held()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Quantile(0.99));
        histogram.Record(TimeSpan.FromDays(1000));
        histogram.Record(TimeSpan.FromTicks(-1));
        Assert.Equal(TimeSpan.Zero, histogram.Quantile(0.5));
        Assert.Equal(TimeSpan.FromDays(1000), histogram.Quantile(1));
    }
}
