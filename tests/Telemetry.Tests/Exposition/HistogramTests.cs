using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class HistogramTests
{
    [Fact]
    public void Buckets_are_cumulative_and_their_bounds_inclusive()
    {
        using var metered = new MeteredRegistry();
        var histogram = Create(metered.Meter, 1, 2, 5);

        foreach (var value in (double[])[0, 1, 1.5, 2, 2, 7, 100])
            histogram.Record(value);

        Assert.Equal(
            [
                "size_bucket{le=\"1\"} 2", "size_bucket{le=\"2\"} 5", "size_bucket{le=\"5\"} 5", "size_bucket{le=\"+Inf\"} 7",
                "size_sum 113.5", "size_count 7",
            ],
            metered.Samples());
    }

    [Fact]
    public void What_is_not_finite_is_ignored()
    {
        using var metered = new MeteredRegistry();
        var histogram = Create(metered.Meter, 1);

        foreach (var value in (double[])[0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            histogram.Record(value);

        Assert.Equal(["size_bucket{le=\"1\"} 1", "size_bucket{le=\"+Inf\"} 1", "size_sum 0.5", "size_count 1"], metered.Samples());
    }

    [Fact]
    public void Without_bounds_there_is_only_the_last_bucket()
    {
        using var metered = new MeteredRegistry();
        Create(metered.Meter).Record(3);

        Assert.Equal(["size_bucket{le=\"+Inf\"} 1", "size_sum 3", "size_count 1"], metered.Samples());
    }

    [Fact]
    public void An_infinite_bound_is_not_written_twice()
    {
        using var metered = new MeteredRegistry();
        Create(metered.Meter, 1, double.PositiveInfinity).Record(3);

        Assert.Equal(
            ["size_bucket{le=\"1\"} 0", "size_bucket{le=\"+Inf\"} 1", "size_sum 3", "size_count 1"], metered.Samples());
    }

    [Theory]
    [InlineData("work", "s", "0.005", "10", 15)]
    [InlineData("work_seconds", null, "0.005", "10", 15)]
    [InlineData("work", "By", "0", "10000", 16)]
    [InlineData("work", null, "0", "10000", 16)]
    public void Without_advice_the_unit_decides_the_bounds(string name, string? unit, string first, string last, int buckets)
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateHistogram<double>(name, unit).Record(1);

        var lines = metered.Samples().Where(line => line.Contains("_bucket", StringComparison.Ordinal)).ToArray();

        Assert.Equal(buckets, lines.Length);
        Assert.Contains($"le=\"{first}\"", lines[0], StringComparison.Ordinal);
        Assert.Contains($"le=\"{last}\"", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_named_like_the_bound_gives_way()
    {
        using var metered = new MeteredRegistry();
        Create(metered.Meter).Record(3, new KeyValuePair<string, object?>("le", "mine"));
        metered.Meter.CreateCounter<int>("other").Add(1, new KeyValuePair<string, object?>("le", "mine"));

        var samples = metered.Samples();

        Assert.Contains("size_bucket{exported_le=\"mine\",le=\"+Inf\"} 1", samples);
        Assert.Contains("other_total{le=\"mine\"} 1", samples);
    }

    [Fact]
    public void OpenMetrics_writes_float_bounds_and_no_sum_that_could_fall()
    {
        using var metered = new MeteredRegistry();
        Create(metered.Meter, -1, 0, 0.5, 1e30).Record(0.25);

        Assert.Equal(
            """
            # TYPE size histogram
            size_bucket{le="-1.0"} 0
            size_bucket{le="0.0"} 0
            size_bucket{le="0.5"} 1
            size_bucket{le="1e+30"} 1
            size_bucket{le="+Inf"} 1
            # EOF

            """,
            metered.OpenMetrics());
        Assert.Contains("size_sum 0.25", metered.Samples());
    }

    private static Histogram<double> Create(Meter meter, params double[] bounds) =>
        meter.CreateHistogram("size", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
