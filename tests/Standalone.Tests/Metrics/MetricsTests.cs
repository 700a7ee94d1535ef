using System.Net;
using System.Net.Http.Headers;
using Drift.Standalone.Tests.Crash;
using Drift.Support;

namespace Drift.Standalone.Tests.Metrics;

/// <summary>What Prometheus sees of a running host.</summary>
[Collection(nameof(HostProcess))]
public sealed class MetricsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _data = new();
    private HostProcess _host = null!;

    public async Task InitializeAsync()
    {
        _host = await HostProcess.StartAsync(_data.Path, new() { ["Drift__Actors__EvaluationInterval"] = "00:00:00.05" });
        await _host.MakeDriftedModelAsync("credit");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _data.Dispose();
    }

    [PrometheusFact]
    public async Task Promtool_accepts_what_a_busy_host_says()
    {
        await _host.SendClassifiedAsync("credit", "again", 200, 50, 3);
        await _host.PostAsync("v1/models/credit/predictions", "{ no json");

        var result = await Promtool.CheckMetricsAsync(await _host.MetricsAsync());

        Assert.True(result.ExitCode == 0, result.Output);
    }

    [Fact]
    public async Task OpenMetrics_is_given_to_those_who_ask_for_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_host.Address, "metrics"));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));
        using var answer = await _host.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE drift_ingest_rows counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE missing_values_count gauge\n", text, StringComparison.Ordinal);

        using var plain = await _host.Client.GetAsync(new Uri(_host.Address, "metrics"));
        Assert.Equal("text/plain", plain.Content.Headers.ContentType?.MediaType);
    }

    [PrometheusFact]
    public async Task Prometheus_scrapes_a_model_and_forgets_it_when_it_is_deleted()
    {
        await using var prometheus = await PrometheusServer.StartAsync([_host.Address.Authority]);
        foreach (var metric in (string[])
            ["drift_psi", "drift_kl_divergence", "drift_detected_total", "model_accuracy", "data_quality_score", "missing_values_count", "prediction_value_distribution_bucket"])
        {
            await Eventually.Async(
                async () => (await prometheus.QueryAsync($"max by (model) ({metric}{{tenant=\"default\", model=\"credit\"}})")) is [{ Value: > 0 }],
                Limit,
                $"Prometheus has {metric}");
        }

        var worst = await prometheus.QueryAsync("topk(1, data_drift_psi{model=\"credit\"})");
        Assert.Equal("age", worst.Single().Labels["feature"]);
        var accuracy = await prometheus.QueryAsync("model_accuracy{model=\"credit\"}");
        Assert.InRange(accuracy.Single().Value, 0.9, 1);

        foreach (var query in Docs.Markdown.Blocks(Docs.Markdown.Read("docs/metrics.md")).Single(b => b.Language == "promql").Text.Split('\n').Where(l => l is not ("" or ['#', ..])))
            await prometheus.QueryAsync(query);

        using (var deleted = await _host.Client.DeleteAsync(new Uri(_host.Address, "v1/models/credit")))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Eventually.Async(
            async () => (await prometheus.QueryAsync("{model=\"credit\", __name__!=\"drift_model_deleted_timestamp_seconds\"}")).Count == 0, Limit, "no series of the deleted model is left");
        // What is left says that it is gone, so that nobody waits for its rows.
        var left = Assert.Single((await _host.MetricsAsync()).Split('\n'), l => l.Contains("model=\"credit\"", StringComparison.Ordinal));
        Assert.StartsWith("drift_model_deleted_timestamp_seconds{", left, StringComparison.Ordinal);
        await Eventually.Async(
            async () => (await prometheus.QueryAsync("time() - drift_model_deleted_timestamp_seconds{model=\"credit\"}")) is [{ Value: > 0 and < 120 }], Limit, "Prometheus knows when");
    }

    [Fact]
    public async Task Series_of_a_passivated_model_vanish_and_come_back_with_its_next_rows()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, new()
        {
            ["Drift__Actors__IdleTimeout"] = "00:00:01",
            ["Drift__Actors__EvaluationInterval"] = "00:00:00.05",
        });
        await host.MakeDriftedModelAsync("idle");
        Assert.Contains("drift_psi{model=\"idle\"", await host.MetricsAsync(), StringComparison.Ordinal);

        await Eventually.Async(
            async () => !(await host.MetricsAsync()).Contains("model=\"idle\"", StringComparison.Ordinal), Limit, "its series vanish after the idle time");
        Assert.Equal(0, Exposition.Value(await host.MetricsAsync(), "drift_actor_activations"));

        await host.SendClassifiedAsync("idle", "later", 100, 50, 4);
        await Eventually.Async(
            async () => (await host.MetricsAsync()).Contains("drift_psi{model=\"idle\"", StringComparison.Ordinal), Limit, "its series come back");
    }

    [Fact]
    public async Task Predicted_values_are_recorded_once_for_rows_that_count()
    {
        const string count = "prediction_value_distribution_count{model=\"price\",tenant=\"default\"}";
        const string body = """{"batch_id": "p", "rows": [{"features": {"x": 1}, "prediction": 250}, {"features": {"x": 2}, "prediction": -5}, {"features": {"x": 3}}]}""";
        Assert.Equal(HttpStatusCode.OK, await _host.PostAsync("v1/models/price/predictions", body));
        Assert.Equal(HttpStatusCode.OK, await _host.PostAsync("v1/models/price/predictions", body));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            await _host.PostAsync("v1/models/price/predictions", """{"rows": [{"ts": "3000-01-01T00:00:00Z", "features": {"x": 1}, "prediction": 7}]}"""));

        var text = await _host.MetricsAsync();
        Assert.Equal(2, Exposition.Value(text, count));
        Assert.Equal(1, Exposition.Value(text, "prediction_value_distribution_bucket{model=\"price\",tenant=\"default\",le=\"0\"}"));
        Assert.Equal(1, Exposition.Value(text, "prediction_value_distribution_bucket{model=\"price\",tenant=\"default\",le=\"100\"}"));
        Assert.Equal(2, Exposition.Value(text, "prediction_value_distribution_bucket{model=\"price\",tenant=\"default\",le=\"1000\"}"));
        foreach (var (outcome, batches) in new[] { ("accepted", 1), ("duplicate", 1), ("refused", 1) })
            Assert.Equal(batches, Exposition.Value(text, $"drift_ingest_batches_total{{model=\"price\",outcome=\"{outcome}\",tenant=\"default\"}}"));
        Assert.Equal(3, Exposition.Value(text, "drift_ingest_rows_total{model=\"price\",tenant=\"default\"}"));

        // Of a classifier it is the scores.
        Assert.Equal(2000, Exposition.Value(text, "prediction_value_distribution_count{model=\"credit\",tenant=\"default\"}"));
        Assert.Equal(2000, Exposition.Value(text, "prediction_value_distribution_bucket{model=\"credit\",tenant=\"default\",le=\"1\"}"));
    }
}
