using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Drift.Api.Health;

/// <summary>
/// Shows what the health checks last said as <c>drift_health_status{check}</c>: 1 healthy, 0.5 degraded, 0 unhealthy. They run by
/// themselves every <see cref="Period"/>, so an alert needs no probe, and a scrape never waits for a database. Thread-safe.
/// </summary>
internal sealed class HealthGauge : IHealthCheckPublisher
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Health";

    /// <summary>Time between two runs.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Time from the start of the host to the first run.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private volatile IReadOnlyList<Measurement<double>> _latest = [];

    public HealthGauge(IMeterFactory meters) => meters.Create(MeterName).CreateObservableGauge(
        "drift_health_status", () => _latest, null, "What a health check last said: 1 healthy, 0.5 degraded, 0 unhealthy.");

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _latest = [.. report.Entries.Select(e => new Measurement<double>(Value(e.Value.Status), new KeyValuePair<string, object?>("check", e.Key)))];
        return Task.CompletedTask;
    }

    private static double Value(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => 1,
        HealthStatus.Degraded => 0.5,
        _ => 0,
    };
}
