using System.Globalization;
using Drift.Dashboards.Tests.Grafana;
using Drift.Support;
using Drift.Support.Nvml;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>
/// PostgreSQL, Prometheus and the product, after a month in which drift came and went and a minute in which it begins again. Nothing
/// is invented: verdicts, metrics and times are the product's own. Only GPUs and the vLLM server are stand-ins.
/// </summary>
public sealed class Observed : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private PostgresServer? _postgres;
    private PrometheusServer? _prometheus;
    private LiveHost? _host;
    private FakeVllm? _vllm;

    /// <summary>Whether the servers and the compiler that this needs are on this machine.</summary>
    public static bool IsAvailable => PostgresServer.IsAvailable && PrometheusServer.IsAvailable && FakeNvml.IsAvailable;

    /// <summary>Where queries of dashboards go.</summary>
    internal DataSources Sources { get; private set; } = null!;

    internal PrometheusServer Prometheus => _prometheus!;

    /// <summary>The metrics that the product exports now, in OpenMetrics.</summary>
    internal Task<string> MetricsAsync() => _host!.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (!IsAvailable)
            return;
        _postgres = await PostgresServer.StartNewAsync(durable: false);
        var database = await _postgres.CreateDatabaseAsync();
        var port = FreePort.Next();
        var instance = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

        var past = await PastHost.LiveAsync(database, DateTimeOffset.UtcNow, instance);
        _vllm = FakeVllm.Start();
        _host = await LiveHost.StartAsync(database, port, _vllm.Address);
        _prometheus = await PrometheusServer.StartAsync([instance], TimeSpan.FromSeconds(2), Rules.Files, job: "drift", past);
        Sources = new DataSources(_prometheus.Address, database, scrapeInterval: TimeSpan.FromMinutes(1));

        var traffic = new Traffic(_host.Http.BaseAddress!, _host.Http);
        await traffic.SendAsync(200, drift: 0);
        foreach (var drift in (double[])[0.2, 0.5, 1, 1, 1])
        {
            await traffic.SendAsync(500, drift);
            await traffic.EvaluateAsync();
        }

        await Eventually.Async(
            () => HasAsync("count(lora_canary_difference) == 3 and count(lora_accuracy) == 2"),
            Limit,
            "Prometheus has seen the LoRA version that is a canary beside the champion");

        // Goes on while Prometheus looks: a rate needs samples with traffic between them.
        await Eventually.Async(
            async () =>
            {
                await traffic.SendDuplicateAndRefusedAsync();
                await traffic.SendAsync(100, drift: 1);
                await traffic.SendTelemetryAsync();
                _vllm.Work(DateTimeOffset.UtcNow, "v1,v2", "v2");
                await traffic.EvaluateAsync();
                await traffic.TrainAsync();
                return await HasAsync("count(drift_severity{window=\"1h\"} >= 1) >= 2")
                    && await HasAsync("count(increase(drift_triggers_held_total[1m])) > 0")
                    && await HasAsync("count(increase(drift_triggers_ended_total[1m])) > 0")
                    && await HasAsync("sum(rate(training_samples_total[1m])) > 0")
                    && await HasAsync("count(increase(finetuning_triggers_total[1m])) > 0")
                    && await HasAsync("min(drift_health_status) == 1")
                    && await HasAsync("count(rate(drift_ingest_batches_total{outcome=~\"duplicate|refused\"}[1m]) > 0) == 2")
                    && await HasAsync("histogram_quantile(0.99, sum by (le) (rate(drift_journal_flush_seconds_bucket[1m]))) > 0")
                    && await HasAsync("histogram_quantile(0.99, sum by (le) (rate(drift_evaluation_lag_seconds_bucket[1m]))) > 0")
                    && await HasAsync("histogram_quantile(0.99, sum by (le) (rate(drift_gpu_poll_seconds_bucket[1m]))) > 0")
                    && await HasAsync("count(increase(drift_gpu_xid_errors_total[1m])) == 2")
                    && await IsOnTheMinuteAsync("count(rate(inference_requests_total{outcome=\"error\"}[1m] @ MINUTE) > 0) == 1")
                    && await IsOnTheMinuteAsync("sum(rate(drift_serving_values_ignored_total[1m] @ MINUTE)) > 0")
                    && await IsOnTheMinuteAsync("histogram_quantile(0.99, sum by (le) (rate(model_inference_time_seconds_bucket[1m] @ MINUTE))) > 0")
                    && await IsOnTheMinuteAsync("count(rate(drift_deployments_total[1m] @ MINUTE)) > 0")
                    && await IsOnTheMinuteAsync("count(drift_vllm_adapter_requests @ MINUTE) == 3");
            },
            Limit,
            "Prometheus has seen two models in drift, traffic of every kind, the host's health, and its GPUs");

        // Graphs look at whole minutes, and what only this host has they show once one is over.
        Task<bool> IsOnTheMinuteAsync(string query) =>
            HasAsync(query.Replace("MINUTE", (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

        async Task<bool> HasAsync(string query) => (await _prometheus.QueryAsync(query)).Count > 0;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Sources is not null)
            await Sources.DisposeAsync();
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        if (_vllm is not null)
            await _vllm.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }
}
