using System.Diagnostics.Metrics;
using Drift.Telemetry.Exposition;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class InstrumentTests
{
    [Fact]
    public void A_counter_of_every_numeric_type_is_added_up()
    {
        using var metered = new MeteredRegistry();

        AddTwice(metered.Meter.CreateCounter<byte>("a"), (byte)2);
        AddTwice(metered.Meter.CreateCounter<short>("b"), (short)2);
        AddTwice(metered.Meter.CreateCounter<int>("c"), 2);
        AddTwice(metered.Meter.CreateCounter<long>("d"), 2L);
        AddTwice(metered.Meter.CreateCounter<float>("e"), 1.5f);
        AddTwice(metered.Meter.CreateCounter<double>("f"), 1.25);
        AddTwice(metered.Meter.CreateCounter<decimal>("g"), 0.125m);

        Assert.Equal(["a_total 4", "b_total 4", "c_total 4", "d_total 4", "e_total 3", "f_total 2.5", "g_total 0.25"], metered.Samples());
    }

    [Fact]
    public void An_observable_gauge_of_every_numeric_type_is_read()
    {
        using var metered = new MeteredRegistry();

        metered.Meter.CreateObservableGauge("a", () => (byte)1);
        metered.Meter.CreateObservableGauge("b", () => (short)-2);
        metered.Meter.CreateObservableGauge("c", () => 3);
        metered.Meter.CreateObservableGauge("d", () => 4L);
        metered.Meter.CreateObservableGauge("e", () => 0.5f);
        metered.Meter.CreateObservableGauge("f", () => 0.1);
        metered.Meter.CreateObservableGauge("g", () => 0.2m);

        Assert.Equal(["a 1", "b -2", "c 3", "d 4", "e 0.5", "f 0.1", "g 0.2"], metered.Samples());
    }

    [Fact]
    public void A_histogram_of_every_numeric_type_takes_its_advice()
    {
        using var metered = new MeteredRegistry();

        RecordOne(metered.Meter, "a", (byte)1);
        RecordOne(metered.Meter, "b", (short)1);
        RecordOne(metered.Meter, "c", 1);
        RecordOne(metered.Meter, "d", 1L);
        RecordOne(metered.Meter, "e", 1f);
        RecordOne(metered.Meter, "f", 1.0);
        RecordOne(metered.Meter, "g", 1m);

        string[] expected = [.. "abcdefg".SelectMany(name => new[]
        {
            $"{name}_bucket{{le=\"1\"}} 1", $"{name}_bucket{{le=\"+Inf\"}} 1", $"{name}_sum 1", $"{name}_count 1",
        })];
        Assert.Equal(expected, metered.Samples());
    }

    [Fact]
    public void A_counter_ignores_what_would_make_it_fall_or_spoil_it()
    {
        using var metered = new MeteredRegistry();
        var whole = metered.Meter.CreateCounter<long>("whole");
        var real = metered.Meter.CreateCounter<double>("real");

        whole.Add(3);
        whole.Add(-1);
        foreach (var value in (double[])[1.5, -1, double.NaN, double.PositiveInfinity])
            real.Add(value);

        Assert.Equal(["real_total 1.5", "whole_total 3"], metered.Samples());
    }

    [Fact]
    public void A_counter_stays_exact_beyond_what_a_double_holds()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<long>("big");

        counter.Add(1L << 53);
        counter.Add(1);

        Assert.Equal(["big_total 9007199254740993"], metered.Samples());
    }

    [Fact]
    public void An_up_down_counter_rises_and_falls()
    {
        using var metered = new MeteredRegistry();
        var whole = metered.Meter.CreateUpDownCounter<int>("whole");
        var real = metered.Meter.CreateUpDownCounter<double>("real");

        whole.Add(5);
        whole.Add(-7);
        real.Add(0.5);
        real.Add(-0.25);

        Assert.Equal(["real 0.25", "whole -2"], metered.Samples());
    }

    [Fact]
    public void A_gauge_shows_the_last_value_whatever_it_is()
    {
        using var metered = new MeteredRegistry();
        var gauge = metered.Meter.CreateGauge<double>("gauge");

        gauge.Record(1);
        gauge.Record(double.NaN, new KeyValuePair<string, object?>("of", "nan"));
        gauge.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("of", "plus"));
        gauge.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("of", "minus"));
        gauge.Record(double.MaxValue, new KeyValuePair<string, object?>("of", "max"));
        gauge.Record(2);

        Assert.Equal(
            [
                "gauge 2", "gauge{of=\"max\"} 1.7976931348623157E+308", "gauge{of=\"minus\"} -Inf", "gauge{of=\"nan\"} NaN",
                "gauge{of=\"plus\"} +Inf",
            ],
            metered.Samples());
    }

    [Fact]
    public void Observable_counters_show_the_reported_total_and_do_not_add_scrapes_up()
    {
        using var metered = new MeteredRegistry();
        var total = 10L;
        metered.Meter.CreateObservableCounter("total", () => total);
        metered.Meter.CreateObservableUpDownCounter("level", () => -total);
        metered.Samples();

        total = 12;

        Assert.Equal(["level -12", "total_total 12"], metered.Samples());
    }

    [Fact]
    public void A_series_that_the_callback_no_longer_reports_vanishes_and_may_come_back()
    {
        using var metered = new MeteredRegistry();
        string[] models = ["m1", "m2"];
        metered.Meter.CreateObservableGauge(
            "psi", () => models.Select(model => new Measurement<double>(1, new KeyValuePair<string, object?>("model", model))));
        Assert.Equal(["psi{model=\"m1\"} 1", "psi{model=\"m2\"} 1"], metered.Samples());

        models = ["m2"];
        Assert.Equal(["psi{model=\"m2\"} 1"], metered.Samples());

        models = [];
        Assert.Equal("", metered.Text());

        models = ["m1"];
        Assert.Equal(["psi{model=\"m1\"} 1"], metered.Samples());
    }

    [Fact]
    public void A_series_reported_twice_is_added_up_for_totals_and_the_last_one_for_a_gauge()
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateObservableCounter("total", () => new Measurement<int>[] { new(1), new(2) });
        metered.Meter.CreateObservableGauge("gauge", () => new Measurement<int>[] { new(1), new(2) });

        metered.Samples();

        Assert.Equal(["gauge 2", "total_total 3"], metered.Samples());
    }

    [Fact]
    public void A_throwing_callback_leaves_out_its_instrument_and_nothing_else()
    {
        var logger = new ListLogger();
        using var metered = new MeteredRegistry(logger: logger);
        var fails = false;
        metered.Meter.CreateObservableGauge("bad.one", () => Half(() => fails));
        metered.Meter.CreateObservableGauge("good", () => 1);
        Assert.Equal(["bad_one{part=\"first\"} 1", "bad_one{part=\"second\"} 2", "good 1"], metered.Samples());

        fails = true;
        string[] failed = ["good 1", "drift_metrics_callback_errors_total{instrument=\"bad.one\"} 1"];
        Assert.Equal(failed, metered.Samples());
        metered.Samples();
        Assert.Single(logger.Messages);

        fails = false;
        Assert.Equal(
            [
                "bad_one{part=\"first\"} 1", "bad_one{part=\"second\"} 2",
                "good 1", "drift_metrics_callback_errors_total{instrument=\"bad.one\"} 2",
            ],
            metered.Samples());
    }

    [Fact]
    public void A_callback_that_scrapes_counts_as_failed()
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateObservableGauge("nested", () => metered.Samples().Length);

        Assert.Equal(["drift_metrics_callback_errors_total{instrument=\"nested\"} 1"], metered.Samples());
    }

    [Fact]
    public void A_disposed_meter_takes_its_series_along()
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateCounter<int>("counter").Add(1);
        metered.Meter.CreateObservableGauge("gauge", () => 1);
        Assert.Equal(2, metered.Samples().Length);

        metered.Meter.Dispose();

        Assert.Empty(metered.Samples());
    }

    [Fact]
    public void Instruments_that_come_out_under_one_name_share_their_series()
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateCounter<int>("shared.name", unit: null, "The first help stands.").Add(1);
        metered.Meter.CreateCounter<double>("shared_name", unit: null, "Another.").Add(0.5);

        Assert.Equal(
            """
            # HELP shared_name_total The first help stands.
            # TYPE shared_name_total counter
            shared_name_total 1.5

            """,
            metered.Text());
    }

    [Theory]
    [InlineData("drift", "drift")]
    [InlineData("drift.total", "drift")]
    [InlineData("drift.count", "drift.seconds")]
    public void A_second_instrument_of_another_type_is_left_out_and_reported(string first, string second)
    {
        var logger = new ListLogger();
        using var metered = new MeteredRegistry(logger: logger);
        var gauge = metered.Meter.CreateGauge<int>(first);
        if (second.EndsWith("seconds", StringComparison.Ordinal))
            metered.Meter.CreateHistogram<int>("drift").Record(1);
        else
            metered.Meter.CreateCounter<int>(second).Add(1);
        gauge.Record(7);

        Assert.Equal(
            new HashSet<string> { "drift_metrics_conflicts_total{instrument=\"drift\"} 1", $"{first.Replace('.', '_')} 7" },
            [.. metered.Samples()]);
        Assert.Contains("left out", Assert.Single(logger.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_takes_the_names_of_the_registrys_own_metrics()
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateCounter<int>("drift.metrics.conflicts").Add(5);

        Assert.Equal(["drift_metrics_conflicts_total{instrument=\"drift.metrics.conflicts\"} 1"], metered.Samples());
    }

    [Fact]
    public void Meters_are_chosen_by_name_and_by_prefix()
    {
        using var exact = new Meter("Chosen");
        using var longer = new Meter("Chosen.More");
        using var prefixed = new Meter("Prefix.One");
        using var bare = new Meter("Prefix");
        using var registry = new MetricRegistry(
            new MetricRegistryOptions { Meters = ["Chosen", "Prefix.*"], Include = instrument => instrument.Name != "excluded" },
            NullLogger<MetricRegistry>.Instance);

        exact.CreateCounter<int>("exact").Add(1);
        exact.CreateCounter<int>("excluded").Add(1);
        longer.CreateCounter<int>("longer").Add(1);
        prefixed.CreateCounter<int>("prefixed").Add(1);
        bare.CreateCounter<int>("bare").Add(1);

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        registry.Write(buffer, ExpositionFormat.PrometheusText);
        var parsed = PrometheusText.Parse(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
        Assert.Equal(["exact_total", "prefixed_total"], parsed.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_several_hosts_in_a_process_each_shows_its_own_figures_and_those_of_nobody()
    {
        using HostMeters mine = new(), foreign = new();
        using var nobodys = new Meter("Hosted.Runtime");
        using var registry = new MetricRegistry(new MetricRegistryOptions { Meters = ["Hosted.*"], Include = MetricRegistryOptions.OfHost(mine) });

        mine.Create("Hosted.Api").CreateCounter<int>("requests").Add(1);
        foreign.Create("Hosted.Api").CreateCounter<int>("requests").Add(10);
        nobodys.CreateCounter<int>("collections").Add(2);

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        registry.Write(buffer, ExpositionFormat.PrometheusText);
        var text = System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
        Assert.Contains("\nrequests_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncollections_total 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instrument_published_before_the_registry_is_heard()
    {
        using var meter = new Meter("Drift.Tests.Early");
        var counter = meter.CreateCounter<int>("early");
        using var registry = new MetricRegistry(new MetricRegistryOptions { Meters = ["Drift.Tests.Early"] });

        counter.Add(1);

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        registry.Write(buffer, ExpositionFormat.PrometheusText);
        Assert.EndsWith("early_total 1\n", System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_with_every_reason()
    {
        var exception = Assert.Throws<ArgumentException>(
            () => new MetricRegistry(new MetricRegistryOptions { Meters = ["ok", "Dr*ft", ""], MaxSeriesPerInstrument = 0 }));

        Assert.Contains("Metrics:Meters:1 is 'Dr*ft'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Metrics:Meters:2 is ''", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Metrics:MaxSeriesPerInstrument is 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_registry_refuses_to_write_and_stops_to_listen()
    {
        using var metered = new MeteredRegistry();
        var called = 0;
        metered.Meter.CreateObservableGauge("gauge", () => ++called);
        var counter = metered.Meter.CreateCounter<int>("counter");

        metered.Registry.Dispose();

        Assert.False(counter.Enabled);
        Assert.Throws<ObjectDisposedException>(() => metered.Text());
        Assert.Equal(0, called);
    }

    private static void AddTwice<T>(Counter<T> counter, T value) where T : struct
    {
        counter.Add(value);
        counter.Add(value);
    }

    private static void RecordOne<T>(Meter meter, string name, T one) where T : struct =>
        meter.CreateHistogram(name, null, null, null, new InstrumentAdvice<T> { HistogramBucketBoundaries = [one] }).Record(one);

    private static IEnumerable<Measurement<int>> Half(Func<bool> fails)
    {
        yield return new Measurement<int>(1, new KeyValuePair<string, object?>("part", "first"));
        if (fails())
            throw new InvalidOperationException("The snapshot is not there.");
        yield return new Measurement<int>(2, new KeyValuePair<string, object?>("part", "second"));
    }

    /// <summary>Marks meters as a host's factory does.</summary>
    private sealed class HostMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(m => m.Dispose());
    }
}
