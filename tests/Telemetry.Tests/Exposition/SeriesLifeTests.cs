using System.Diagnostics.Metrics;
using System.Globalization;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class SeriesLifeTests
{
    [Fact]
    public void Forget_removes_the_series_of_a_model_from_every_instrument()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<int>("c");
        var histogram = metered.Meter.CreateHistogram(
            "h", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [] });
        foreach (var tenant in (string[])["acme", "other"])
        {
            foreach (var model in (string[])["m1", "m2"])
            {
                counter.Add(1, new("tenant", tenant), new("model", model), new("status", "ok"));
                counter.Add(1, new("status", "drift"), new("model", model), new("tenant", tenant));
                histogram.Record(1, new("tenant", tenant), new("model", model));
            }
        }

        counter.Add(1, new KeyValuePair<string, object?>("model", "m1"));

        var removed = metered.Registry.Forget([new("tenant", "acme"), new("model", "m1")]);

        Assert.Equal(3, removed);
        var parsed = PrometheusText.Parse(metered.Text());
        Assert.Equal(7, parsed["c_total"].Count);
        Assert.Equal(3, parsed["h_count"].Count);
        Assert.DoesNotContain("{model=\"m1\",tenant=\"acme\"", metered.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_leaves_what_callbacks_report_to_the_next_scrape()
    {
        using var metered = new MeteredRegistry();
        var models = new List<string> { "m1", "m2" };
        metered.Meter.CreateObservableGauge("g", () => models.Select(m => new Measurement<int>(1, new KeyValuePair<string, object?>("model", m))));
        Assert.Equal(2, metered.Samples().Count());

        models.Remove("m1");
        Assert.Equal(0, metered.Registry.Forget([new("model", "m1")]));

        Assert.Equal(["g{model=\"m2\"} 1"], metered.Samples());
    }

    [Fact]
    public void A_forgotten_series_starts_anew()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<int>("c");
        counter.Add(5, new KeyValuePair<string, object?>("the.model", "m1"));

        metered.Registry.Forget([new("the.model", "m1")]);
        Assert.Equal("", metered.Text());
        counter.Add(2, new KeyValuePair<string, object?>("the.model", "m1"));

        Assert.Equal(["c_total{the_model=\"m1\"} 2"], metered.Samples());
    }

    [Fact]
    public void Forget_reaches_untagged_measurements_through_the_meters_tags()
    {
        using var metered = new MeteredRegistry(meterTags: [new("model", "m1")]);
        var counter = metered.Meter.CreateCounter<int>("c");
        counter.Add(5);

        Assert.Equal(1, metered.Registry.Forget([new("model", "m1")]));
        counter.Add(1);

        Assert.Equal(["c_total{model=\"m1\"} 1"], metered.Samples());
    }

    [Fact]
    public void Forget_needs_a_label_and_leaves_the_registrys_own_metrics()
    {
        using var metered = new MeteredRegistry(maxSeries: 1);
        var counter = metered.Meter.CreateCounter<int>("c");
        counter.Add(1);
        counter.Add(1, new KeyValuePair<string, object?>("n", 1));

        Assert.Throws<ArgumentException>(() => metered.Registry.Forget([]));
        Assert.Equal(0, metered.Registry.Forget([new("instrument", "c")]));
        Assert.Contains("drift_metrics_series_dropped_total{instrument=\"c\"} 1", metered.Samples());
    }

    [Fact]
    public void Beyond_the_limit_measurements_are_dropped_and_counted()
    {
        var logger = new ListLogger();
        using var metered = new MeteredRegistry(maxSeries: 2, logger);
        var counter = metered.Meter.CreateCounter<int>("c.c");

        for (var round = 0; round < 3; round++)
        {
            foreach (var n in (int[])[1, 2, 3, 4])
                counter.Add(1, new KeyValuePair<string, object?>("n", n));
        }

        Assert.Equal(
            ["c_c_total{n=\"1\"} 3", "c_c_total{n=\"2\"} 3", "drift_metrics_series_dropped_total{instrument=\"c.c\"} 6"],
            metered.Samples());
        Assert.Single(logger.Messages);
    }

    [Fact]
    public void Forget_makes_room_under_the_limit()
    {
        using var metered = new MeteredRegistry(maxSeries: 1);
        var counter = metered.Meter.CreateCounter<int>("c");
        counter.Add(1, new KeyValuePair<string, object?>("model", "m1"));

        metered.Registry.Forget([new("model", "m1")]);
        counter.Add(1, new KeyValuePair<string, object?>("model", "m2"));

        Assert.Equal(["c_total{model=\"m2\"} 1"], metered.Samples());
    }

    [Fact]
    public void The_limit_of_an_observable_instrument_counts_this_scrape_alone()
    {
        using var metered = new MeteredRegistry(maxSeries: 2);
        var from = 0;
        metered.Meter.CreateObservableGauge(
            "g", () => Enumerable.Range(from, 3).Select(n => new Measurement<int>(n, new KeyValuePair<string, object?>("n", n))));
        Assert.Equal(["g{n=\"0\"} 0", "g{n=\"1\"} 1", "drift_metrics_series_dropped_total{instrument=\"g\"} 1"], metered.Samples());

        from = 1;
        Assert.Equal(["g{n=\"1\"} 1", "g{n=\"2\"} 2", "drift_metrics_series_dropped_total{instrument=\"g\"} 2"], metered.Samples());

        from = 10;
        Assert.Equal(["g{n=\"10\"} 10", "g{n=\"11\"} 11", "drift_metrics_series_dropped_total{instrument=\"g\"} 3"], metered.Samples());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_callbacks_report_comes_out_sorted_and_summed_whatever_was_reported_before(int seed)
    {
        var random = new Random(seed);
        using var metered = new MeteredRegistry();
        // Two instruments of one family; the second may fail after it reported some.
        List<(int N, int Value)> first = [], second = [];
        var fails = false;
        metered.Meter.CreateObservableCounter("o", () => first.Select(Measure));
        metered.Meter.CreateObservableCounter("o", () => second.Select(Measure).Concat(fails ? Throw() : []));
        for (var scrape = 0; scrape < 60; scrape++)
        {
            // The same again, the same in another order, or others and more or fewer.
            var change = random.Next(4);
            if (change == 1)
                first = [.. first.OrderBy(_ => random.Next())];
            if (change > 1)
                (first, second) = (Some(), Some());
            fails = random.Next(4) == 0;

            var expected = (fails ? first : [.. first, .. second])
                .GroupBy(r => Label(r.N), r => r.Value)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"o_total{(g.Key.Length == 0 ? "{n=\"\"}" : g.Key)} {g.Sum()}");
            Assert.Equal(expected, metered.Samples().Where(s => !s.StartsWith("drift_", StringComparison.Ordinal)));
        }

        // An empty label is none, where series are compared and sorted.
        static string Label(int n) => n == 0 ? "" : $"{{n=\"{n}\"}}";

        static Measurement<int> Measure((int N, int Value) report) => new(report.Value, new KeyValuePair<string, object?>("n", report.N == 0 ? null : report.N));

        // When it is reached, so after all others were reported.
        static IEnumerable<Measurement<int>> Throw() => Enumerable.Repeat(0, 1).Select<int, Measurement<int>>(_ => throw new InvalidOperationException("The callback fails."));

        List<(int N, int Value)> Some() => [.. Enumerable.Range(0, random.Next(400)).Select(_ => (random.Next(300), random.Next(1, 100)))];
    }

    [Fact]
    public async Task Concurrent_recording_adds_up_exactly_while_scrapes_run()
    {
        const int Threads = 4;
        const int PerThread = 20_000;
        using var metered = new MeteredRegistry();
        var whole = metered.Meter.CreateCounter<long>("whole");
        var real = metered.Meter.CreateCounter<double>("real");
        var histogram = metered.Meter.CreateHistogram(
            "h", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0] });
        using var barrier = new Barrier(Threads + 1);

        var recorders = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                for (var i = 0; i < PerThread; i++)
                {
                    // Both orders of the tags, so that new cache entries and series appear while others record.
                    if (((i + thread) & 1) == 0)
                        whole.Add(1, new("a", i % 10), new("b", "x"));
                    else
                        whole.Add(1, new("b", "x"), new("a", i % 10));
                    real.Add(0.5);
                    histogram.Record(1);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        barrier.SignalAndWait();
        var previous = 0.0;
        var all = Task.WhenAll(recorders);
        while (!all.IsCompleted)
        {
            var parsed = PrometheusText.Parse(metered.Text());
            var total = parsed.TryGetValue("whole_total", out var series) ? series.Values.Sum() : 0;
            Assert.True(total >= previous, string.Create(CultureInfo.InvariantCulture, $"{total} after {previous}"));
            if (parsed.TryGetValue("h_count", out var count))
                Assert.Equal(count.Values.Single(), parsed["h_sum"].Values.Single());
            previous = total;
        }

        await all;

        var final = PrometheusText.Parse(metered.Text());
        Assert.Equal(10, final["whole_total"].Count);
        Assert.All(final["whole_total"].Values, value => Assert.Equal(Threads * PerThread / 10, value));
        Assert.Equal(Threads * PerThread * 0.5, final["real_total"].Values.Single());
        Assert.Equal(Threads * PerThread, final["h_count"].Values.Single());
        Assert.Equal(Threads * PerThread, final["h_sum"].Values.Single());
    }

    [Fact]
    public async Task Two_scrapes_at_once_each_show_one_whole_snapshot()
    {
        using var metered = new MeteredRegistry();
        var scrape = 0;
        metered.Meter.CreateObservableGauge("g", () =>
        {
            var value = Interlocked.Increment(ref scrape);
            return Enumerable.Range(0, 50).Select(n => new Measurement<int>(value, new KeyValuePair<string, object?>("n", n)));
        });

        var scrapes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 25).Select(_ => PrometheusText.Parse(metered.Text())["g"]).ToArray())));

        var values = scrapes.SelectMany(each => each).Select(series =>
        {
            Assert.Equal(50, series.Count);
            return Assert.Single(series.Values.Distinct());
        });
        Assert.Equal(Enumerable.Range(1, 100).Select(value => (double)value), values.Order());
    }

    [Fact]
    public void Recording_to_a_known_series_allocates_nothing()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<long>("c");
        var histogram = metered.Meter.CreateHistogram<double>("h");
        void RecordAll()
        {
            for (var i = 0; i < 1000; i++)
            {
                counter.Add(1);
                counter.Add(1, new("tenant", "acme"), new("model", "m1"));
                histogram.Record(0.5, new("tenant", "acme"), new("model", "m1"), new("status", "ok"));
            }
        }

        RecordAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        RecordAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
