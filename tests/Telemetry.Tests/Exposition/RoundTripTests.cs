using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class RoundTripTests
{
    private const int Seed = 20261120;

    private static readonly string[] Fragments =
        ["", "a", "\\", "\"", "\n", "{", "}", ",", "=", " ", "#", "le", "ß", "模", "🚀", "\\n", "\",x=\"", "\r", "\t"];

    private static readonly double[] Specials =
        [0, -0.0, 1, -1, 0.1, 1e-300, double.Epsilon, double.MaxValue, double.MinValue, 1e15, 1e16, 123456789.125, double.NaN,
            double.PositiveInfinity, double.NegativeInfinity];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gauges_read_back_equal_what_was_recorded(bool openMetrics)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 100; round++)
        {
            using var metered = new MeteredRegistry();
            var gauge = metered.Meter.CreateGauge<double>("g");
            var expected = new Dictionary<string, double>(StringComparer.Ordinal);
            for (var i = 0; i < 30; i++)
            {
                var tags = RandomTags(random);
                var value = random.Next(3) == 0
                    ? Specials[random.Next(Specials.Length)]
                    : BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
                gauge.Record(value, [.. tags.Select(tag => new KeyValuePair<string, object?>(tag.Name, tag.Value))]);
                expected[PrometheusText.Labels(tags)] = value;
            }

            var parsed = PrometheusText.Parse(openMetrics ? metered.OpenMetrics() : metered.Text())["g"];

            Assert.Equal(expected.Count, parsed.Count);
            foreach (var (labels, value) in expected)
                Assert.Equal(value, parsed[labels]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Histograms_read_back_as_a_count_of_the_values_up_to_each_bound(bool openMetrics)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 50; round++)
        {
            using var metered = new MeteredRegistry();
            double[] bounds = [.. Enumerable.Range(0, random.Next(12)).Select(_ => (double)random.Next(0, 40)).Distinct().Order()];
            var histogram = metered.Meter.CreateHistogram(
                "h", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
            double[] values = [.. Enumerable.Range(0, 1 + random.Next(200)).Select(_ => random.Next(0, 100) / 2.0)];
            foreach (var value in values)
                histogram.Record(value);

            var parsed = PrometheusText.Parse(openMetrics ? metered.OpenMetrics() : metered.Text());

            Assert.Equal(bounds.Length + 1, parsed["h_bucket"].Count);
            foreach (var (label, count) in parsed["h_bucket"])
            {
                var text = label["le=".Length..];
                var bound = text == "+Inf"
                    ? double.PositiveInfinity
                    : double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
                Assert.Equal(values.Count(value => value <= bound), count);
            }

            Assert.Equal(values.Length, parsed["h_count"].Values.Single());
            Assert.Equal(values.Sum(), parsed["h_sum"].Values.Single());
        }
    }

    [Fact]
    public void Counters_read_back_as_the_sum_over_equal_label_sets()
    {
        var random = new Random(Seed);
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<int>("c");
        var expected = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < 5000; i++)
        {
            (string Name, string Value)[] tags = [("b", random.Next(5).ToString("D", null)), ("a", random.Next(5).ToString("D", null))];
            random.Shuffle(tags);
            var value = random.Next(100);
            counter.Add(value, [.. tags.Select(tag => new KeyValuePair<string, object?>(tag.Name, tag.Value))]);
            var labels = PrometheusText.Labels(tags);
            expected[labels] = expected.GetValueOrDefault(labels) + value;
        }

        var parsed = PrometheusText.Parse(metered.Text())["c_total"];

        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), parsed.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    /// <summary>Tags with values of at least one character: an empty value is the same series as no value.</summary>
    private static (string Name, string Value)[] RandomTags(Random random)
    {
        (string Name, string Value)[] tags =
        [
            .. Enumerable.Range(0, random.Next(4)).Select(
                i => ($"tag{i}", "v" + string.Concat(random.GetItems(Fragments, random.Next(6))))),
        ];
        random.Shuffle(tags);
        return tags;
    }
}
