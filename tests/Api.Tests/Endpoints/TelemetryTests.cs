using Drift.Actors.Instruments;
using Drift.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Endpoints;

public sealed class TelemetryTests
{
    private const string Path = "/v1/telemetry";

    [Fact]
    public async Task Telemetry_comes_out_as_metrics_by_model_and_adapter()
    {
        await using var host = await ApiHost.StartAsync();

        var receipt = (await host.PostAsync(Path, """
            {"batch_id": "t-1", "source": "vllm-0", "samples": [
              {"model": "chat", "adapter": "v3", "requests": 10, "errors": 2, "tokens": {"prompt": 100, "completion": 40, "cached": 30, "reasoning": 5}, "cache": {"hits": 3, "misses": 7},
               "latency_ms": [900, 1200, 1700], "inference_ms": [800], "queue_depth": 4, "batch_size": 8, "memory_bytes": 1000},
              {"model": "chat", "requests": 1}]}
            """)).Ok();

        Assert.Equal("""{"batch_id":"t-1","accepted":2,"duplicate":false}""", receipt.GetRawText());
        var metrics = await MetricsAsync(host);
        const string v3 = "adapter=\"v3\",model=\"chat\"";
        Assert.Equal(8, Value(metrics, $"inference_requests_total{{{v3},outcome=\"ok\",tenant=\"default\"}}"));
        Assert.Equal(2, Value(metrics, $"inference_requests_total{{{v3},outcome=\"error\",tenant=\"default\"}}"));
        Assert.Equal(1, Value(metrics, "inference_requests_total{adapter=\"\",model=\"chat\",outcome=\"ok\",tenant=\"default\"}"));
        Assert.Equal([100, 40, 30, 5], new[] { "prompt", "completion", "cached", "reasoning" }.Select(t => Value(metrics, $"inference_tokens_total{{{v3},tenant=\"default\",type=\"{t}\"}}")!.Value));
        Assert.Equal((3, 7), (Value(metrics, $"cache_hits_total{{{v3},tenant=\"default\"}}"), Value(metrics, $"cache_misses_total{{{v3},tenant=\"default\"}}")));
        Assert.Equal(1, Value(metrics, $"prediction_latency_seconds_bucket{{{v3},tenant=\"default\",le=\"1\"}}"));
        Assert.Equal(2, Value(metrics, $"prediction_latency_seconds_bucket{{{v3},tenant=\"default\",le=\"1.5\"}}"));
        Assert.Equal(3, Value(metrics, $"prediction_latency_seconds_count{{{v3},tenant=\"default\"}}"));
        Assert.Equal(1, Value(metrics, $"model_inference_time_seconds_count{{{v3},tenant=\"default\"}}"));
        const string source = "{model=\"chat\",source=\"vllm-0\",tenant=\"default\"}";
        Assert.Equal((4, 8, 1000), (Value(metrics, $"inference_queue_depth{source}"), Value(metrics, $"inference_batch_size{source}"), Value(metrics, $"model_memory_usage_bytes{source}")));
    }

    [Fact]
    public async Task Rows_come_out_as_the_same_metrics_and_values_that_cannot_be_are_counted_apart()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync("/v1/models/chat/predictions", """
            {"rows": [{"features": {"a": 1}, "adapter": "v1", "latency_ms": 1400, "tokens": {"prompt": 7, "completion": 3}, "cache": "hit"},
                      {"features": {"a": 1}, "adapter": "v2", "latency_ms": 100, "tokens": {"prompt": 5}, "cache": "miss"},
                      {"features": {"a": 1}, "adapter": "v1", "latency_ms": -1, "tokens": {"prompt": 2, "completion": 0.5}, "cache": "perhaps"},
                      {"features": {"a": 1}}]}
            """)).Ok();

        var metrics = await MetricsAsync(host);

        Assert.Equal(4, Value(metrics, "daily_predictions_total{model=\"chat\",tenant=\"default\"}"));
        Assert.Equal((9, 5), (Value(metrics, Of("inference_tokens_total", "v1", ",type=\"prompt\"")), Value(metrics, Of("inference_tokens_total", "v2", ",type=\"prompt\""))));
        Assert.Equal(3, Value(metrics, Of("inference_tokens_total", "v1", ",type=\"completion\"")));
        Assert.Equal((1, 1), (Value(metrics, Of("cache_hits_total", "v1")), Value(metrics, Of("cache_misses_total", "v2"))));
        Assert.Equal((1, 1), (Value(metrics, Of("prediction_latency_seconds_count", "v1")), Value(metrics, Of("prediction_latency_seconds_count", "v2"))));
        foreach (var what in (string[])["latency", "tokens", "cache"])
            Assert.Equal(1, Value(metrics, $"drift_serving_values_ignored_total{{model=\"chat\",tenant=\"default\",what=\"{what}\"}}"));
    }

    [Fact]
    public async Task A_batch_of_rows_that_comes_again_is_not_counted_again()
    {
        await using var host = await ApiHost.StartAsync();
        const string rows = """{"batch_id": "b", "rows": [{"features": {"a": 1}, "latency_ms": 10}]}""";
        (await host.PostAsync("/v1/models/chat/predictions", rows)).Ok();
        Assert.True((await host.PostAsync("/v1/models/chat/predictions", rows)).Ok().GetProperty("duplicate").GetBoolean());

        Assert.Equal(1, Value(await MetricsAsync(host), Of("prediction_latency_seconds_count", "")));
    }

    [Fact]
    public async Task A_batch_of_telemetry_counts_once_within_the_hour()
    {
        await using var host = await ApiHost.StartAsync();
        const string body = """{"batch_id": "t-1", "samples": [{"model": "chat", "requests": 1}]}""";
        (await host.PostAsync(Path, body)).Ok();
        Assert.Equal("""{"batch_id":"t-1","accepted":0,"duplicate":true}""", (await host.PostAsync(Path, body)).Ok().GetRawText());
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False((await host.PostAsync(Path, body)).Ok().GetProperty("duplicate").GetBoolean());

        Assert.Equal(2, Value(await MetricsAsync(host), "inference_requests_total{adapter=\"\",model=\"chat\",outcome=\"ok\",tenant=\"default\"}"));
    }

    [Fact]
    public async Task Gauges_of_a_source_that_fell_silent_vanish_and_keep_what_a_sample_leaves_out()
    {
        await using var host = await ApiHost.StartAsync();
        const string gauge = "inference_queue_depth{model=\"chat\",source=\"a\",tenant=\"default\"}";
        (await host.PostAsync(Path, """{"source": "a", "samples": [{"model": "chat", "queue_depth": 4}]}""")).Ok();
        host.Clock.Advance(TimeSpan.FromMinutes(4));
        (await host.PostAsync(Path, """{"source": "a", "samples": [{"model": "chat", "batch_size": 2}]}""")).Ok();
        host.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(4, Value(await MetricsAsync(host), gauge));

        host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(Value(await MetricsAsync(host), gauge));
    }

    [Fact]
    public async Task Adapters_beyond_the_most_share_a_series_and_sources_beyond_have_none()
    {
        await using var host = await ApiHost.StartAsync(services: s => s.Configure<ModelInstrumentsOptions>(o => o.MaxAdapterSeries = 2));
        var samples = string.Join(',', Enumerable.Range(0, 5).Select(i => $"{{\"model\": \"chat\", \"adapter\": \"v{i}\", \"requests\": 1}}"));
        (await host.PostAsync(Path, $"{{\"samples\": [{samples}]}}")).Ok();
        for (var i = 0; i < 101; i++)
            (await host.PostAsync(Path, $"{{\"source\": \"s{i}\", \"samples\": [{{\"model\": \"chat\", \"queue_depth\": 1}}]}}")).Ok();

        var metrics = await MetricsAsync(host);

        Assert.Equal((1, 1, 3), (Requests("v0"), Requests("v1"), Requests("(other)")));
        Assert.Null(Requests("v2"));
        Assert.Equal(100, metrics.Split('\n').Count(l => l.StartsWith("inference_queue_depth{", StringComparison.Ordinal)));
        Assert.Equal(1, Value(metrics, "drift_serving_values_ignored_total{model=\"chat\",tenant=\"default\",what=\"source\"}"));

        double? Requests(string adapter) => Value(metrics, $"inference_requests_total{{adapter=\"{adapter}\",model=\"chat\",outcome=\"ok\",tenant=\"default\"}}");
    }

    [Theory]
    [InlineData("""{"samples": []}""", "samples", "has 0 elements, it must have 1 to 1000")]
    [InlineData("""{"samples": [null]}""", "samples[0]", "is null")]
    [InlineData("""{"samples": [{"model": "a b"}]}""", "samples[0].model", "must be the name of a model")]
    [InlineData("""{"samples": [{"model": "a"}, {"model": "a", "requests": -1}]}""", "samples[1].requests", "is -1, it must be 0 to")]
    [InlineData("""{"samples": [{"model": "a", "requests": 1, "errors": 2}]}""", "samples[0].errors", "is 2, more than requests, which is 1")]
    [InlineData("""{"samples": [{"model": "a", "tokens": {"total": 1}}]}""", "samples[0].tokens", "has the type 'total', it may have prompt, completion, cached, reasoning")]
    [InlineData("""{"samples": [{"model": "a", "tokens": {"prompt": -1}}]}""", "samples[0].tokens.prompt", "is -1")]
    [InlineData("""{"samples": [{"model": "a", "cache": {"hits": -1, "misses": 0}}]}""", "samples[0].cache.hits", "is -1")]
    [InlineData("""{"samples": [{"model": "a", "latency_ms": [1, -5]}]}""", "samples[0].latency_ms[1]", "is -5, it must be 0 to 86400000 milliseconds")]
    [InlineData("""{"samples": [{"model": "a", "inference_ms": [86400001]}]}""", "samples[0].inference_ms[0]", "it must be 0 to")]
    [InlineData("""{"samples": [{"model": "a", "queue_depth": -1}]}""", "samples[0].queue_depth", "is -1, it must be 0 or more")]
    [InlineData("""{"samples": [{"model": "a", "adapter": ""}]}""", "samples[0].adapter", "must be 1 to 200 printable characters")]
    [InlineData("""{"batch_id": "", "samples": [{"model": "a"}]}""", "batch_id", "must be 1 to 200 printable characters")]
    [InlineData("""{"samples": [{"model": "a", "requests": 1.5}]}""", "samples[0].requests", "must be a whole number")]
    [InlineData("""{"samples": [{"model": "a", "wait": 1}]}""", "samples[0].wait", "is no known member")]
    public async Task A_fault_is_named_by_its_field_and_nothing_counts(string body, string field, string fault)
    {
        await using var host = await ApiHost.StartAsync();
        var errors = (await host.PostAsync(Path, body)).Problem(400, "invalid-request").GetProperty("errors");
        Assert.Contains(fault, errors.GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("inference_requests_total{", await MetricsAsync(host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_is_named_at_once()
    {
        await using var host = await ApiHost.StartAsync();
        var errors = (await host.PostAsync(Path, """{"samples": [{"model": "a b", "errors": 1, "queue_depth": -1}]}""")).Problem(400, "invalid-request").GetProperty("errors");
        Assert.Equal(["samples[0].model", "samples[0].errors", "samples[0].queue_depth"], errors.EnumerateObject().Select(e => e.Name));
    }

    [Fact]
    public async Task Requests_come_out_under_the_names_that_dashboards_ask_for()
    {
        await using var host = await ApiHost.StartAsync(kestrel: true);
        (await host.GetAsync("/v1/models")).Ok();
        await host.GetAsync("/v1/models/none");
        await host.GetAsync("/no/such");

        var metrics = await MetricsAsync(host);

        Assert.Equal(1, Value(metrics, "api_requests_total{method=\"GET\",route=\"/v1/models\",status=\"200\"}"));
        Assert.Equal(1, Value(metrics, "api_requests_total{method=\"GET\",route=\"/v1/models/{model}\",status=\"404\"}"));
        Assert.Equal(1, Value(metrics, "api_request_duration_seconds_count{method=\"GET\",route=\"/v1/models\"}"));
        Assert.Equal(1, Value(metrics, "http_requests_total{method=\"GET\",route=\"(none)\",status=\"404\"}"));
        Assert.Equal(1, Value(metrics, "http_request_duration_seconds_count{method=\"GET\",route=\"/v1/models\"}"));
        Assert.Null(Value(metrics, "api_requests_total{method=\"GET\",route=\"(none)\",status=\"404\"}"));
        // The scrape itself.
        Assert.Equal(1, Value(metrics, "api_active_requests"));
    }

    private static string Of(string metric, string adapter, string more = "") => $"{metric}{{adapter=\"{adapter}\",model=\"chat\",tenant=\"default\"{more}}}";

    private static async Task<string> MetricsAsync(ApiHost host) => (await host.GetAsync("/metrics")).Text;

    private static double? Value(string metrics, string series) => metrics.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
        ? double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
