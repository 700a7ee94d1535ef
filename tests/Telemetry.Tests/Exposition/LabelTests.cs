namespace Drift.Telemetry.Tests.Exposition;

public sealed class LabelTests
{
    public static TheoryData<object?, string> Values => new()
    {
        { null, "" },
        { "", "" },
        { "plain", "plain" },
        { "back\\slash", @"back\\slash" },
        { "quo\"te", "quo\\\"te" },
        { "line\nfeed", @"line\nfeed" },
        { "\\n", @"\\n" },
        { "a{b}=c,d #", "a{b}=c,d #" },
        { "größe 模型 🚀", "größe 模型 🚀" },
        { "half\ud83dpair", "half\ufffdpair" },
        { "nul\0", "nul\ufffd" },
        { true, "true" },
        { 404, "404" },
        { 0.5, "0.5" },
        { DayOfWeek.Friday, "Friday" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_escaped(object? value, string written)
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateCounter<int>("c").Add(1, new KeyValuePair<string, object?>("label", value));

        Assert.Equal([$"c_total{{label=\"{written}\"}} 1"], metered.Samples());
    }

    [Theory]
    [InlineData("http.route", "http_route")]
    [InlineData("error-type", "error_type")]
    [InlineData("a..b", "a__b")]
    [InlineData("9lives", "_9lives")]
    [InlineData("größe", "gr__e")]
    [InlineData("a:b", "a_b")]
    [InlineData("__name__", "key__name__")]
    [InlineData("_private", "_private")]
    [InlineData("", "_")]
    public void A_name_is_made_valid(string tag, string label)
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateCounter<int>("c").Add(1, new KeyValuePair<string, object?>(tag, "x"));

        Assert.Equal([$"c_total{{{label}=\"x\"}} 1"], metered.Samples());
    }

    [Fact]
    public void Equal_tags_in_another_order_are_one_series()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<int>("c");

        counter.Add(1, new("tenant", "acme"), new("model", "m1"));
        counter.Add(2, new("model", "m1"), new("tenant", "acme"));

        Assert.Equal(["c_total{model=\"m1\",tenant=\"acme\"} 3"], metered.Samples());
    }

    [Fact]
    public void Values_that_are_written_alike_are_one_series()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<int>("c");

        counter.Add(1, new KeyValuePair<string, object?>("code", 200));
        counter.Add(1, new KeyValuePair<string, object?>("code", 200L));
        counter.Add(1, new KeyValuePair<string, object?>("code", "200"));

        Assert.Equal(["c_total{code=\"200\"} 3"], metered.Samples());
    }

    [Fact]
    public void A_missing_label_and_an_empty_one_are_one_series_as_they_are_to_Prometheus()
    {
        using var metered = new MeteredRegistry();
        var counter = metered.Meter.CreateCounter<int>("c");

        counter.Add(1, new("a", "x"), new("b", null));
        counter.Add(1, new KeyValuePair<string, object?>("a", "x"));

        Assert.Equal(["c_total{a=\"x\",b=\"\"} 2"], metered.Samples());
    }

    [Fact]
    public void The_later_of_two_tags_of_one_name_wins()
    {
        using var metered = new MeteredRegistry();
        metered.Meter.CreateCounter<int>("c").Add(1, new("a.b", "first"), new("a_b", "second"));

        Assert.Equal(["c_total{a_b=\"second\"} 1"], metered.Samples());
    }

    [Fact]
    public void Tags_of_meter_and_instrument_become_labels_which_a_measurement_overrides()
    {
        using var metered = new MeteredRegistry(meterTags: [new("pool", "main"), new("node", "n1")]);
        var counter = metered.Meter.CreateCounter<int>("c", unit: null, description: null, tags: [new("node", "n2"), new("side", "left")]);

        counter.Add(1);
        counter.Add(1, new KeyValuePair<string, object?>("side", "right"));

        Assert.Equal(
            ["c_total{node=\"n2\",pool=\"main\",side=\"left\"} 1", "c_total{node=\"n2\",pool=\"main\",side=\"right\"} 1"],
            metered.Samples());
    }
}
