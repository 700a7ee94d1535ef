using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class GoldenExpositionTests
{
    [Fact]
    public void Prometheus_text_of_every_kind_of_instrument()
    {
        using var metered = new MeteredRegistry();
        Record(metered.Meter);

        var text = metered.Text();

        Assert.Equal(
            """
            # HELP drift_actor_activations Actors on this node.
            # TYPE drift_actor_activations gauge
            drift_actor_activations 3
            # HELP drift_check_duration_seconds How long a check takes.
            # TYPE drift_check_duration_seconds histogram
            drift_check_duration_seconds_bucket{model="m1",tenant="acme",le="0.5"} 1
            drift_check_duration_seconds_bucket{model="m1",tenant="acme",le="1"} 2
            drift_check_duration_seconds_bucket{model="m1",tenant="acme",le="+Inf"} 3
            drift_check_duration_seconds_sum{model="m1",tenant="acme"} 4.25
            drift_check_duration_seconds_count{model="m1",tenant="acme"} 3
            # HELP drift_checks_total Checks, by "status" and \\ or \n.
            # TYPE drift_checks_total counter
            drift_checks_total{status="drift"} 2
            drift_checks_total{status="ok"} 40
            # TYPE drift_journal_bytes_total counter
            drift_journal_bytes_total 4096
            # HELP drift_psi Population stability index.
            # TYPE drift_psi gauge
            drift_psi{model="m1",tenant="acme"} 0.125
            drift_psi{model="m2",tenant="acme"} NaN

            """,
            text);
    }

    [Fact]
    public void OpenMetrics_of_every_kind_of_instrument()
    {
        using var metered = new MeteredRegistry();
        Record(metered.Meter);

        var text = metered.OpenMetrics();

        Assert.Equal(
            """
            # HELP drift_actor_activations Actors on this node.
            # TYPE drift_actor_activations gauge
            drift_actor_activations 3
            # HELP drift_check_duration_seconds How long a check takes.
            # TYPE drift_check_duration_seconds histogram
            # UNIT drift_check_duration_seconds seconds
            drift_check_duration_seconds_bucket{model="m1",tenant="acme",le="0.5"} 1
            drift_check_duration_seconds_bucket{model="m1",tenant="acme",le="1.0"} 2
            drift_check_duration_seconds_bucket{model="m1",tenant="acme",le="+Inf"} 3
            drift_check_duration_seconds_sum{model="m1",tenant="acme"} 4.25
            drift_check_duration_seconds_count{model="m1",tenant="acme"} 3
            # HELP drift_checks Checks, by \"status\" and \\ or \n.
            # TYPE drift_checks counter
            drift_checks_total{status="drift"} 2
            drift_checks_total{status="ok"} 40
            # TYPE drift_journal_bytes counter
            # UNIT drift_journal_bytes bytes
            drift_journal_bytes_total 4096
            # HELP drift_psi Population stability index.
            # TYPE drift_psi gauge
            drift_psi{model="m1",tenant="acme"} 0.125
            drift_psi{model="m2",tenant="acme"} NaN
            # EOF

            """,
            text);
    }

    private static void Record(Meter meter)
    {
        var checks = meter.CreateCounter<long>("drift_checks_total", "{check}", "Checks, by \"status\" and \\ or \n.");
        checks.Add(40, new KeyValuePair<string, object?>("status", "ok"));
        checks.Add(2, new KeyValuePair<string, object?>("status", "drift"));

        var duration = meter.CreateHistogram(
            "drift_check_duration_seconds", "s", "How long a check takes.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var seconds in (double[])[0.25, 1, 3])
            duration.Record(seconds, new("tenant", "acme"), new("model", "m1"));

        meter.CreateUpDownCounter<int>("drift.actor.activations", "{actor}", "Actors on this node.").Add(3);
        meter.CreateObservableCounter("drift.journal", () => 4096L, "By");
        meter.CreateObservableGauge(
            "drift_psi",
            () => new Measurement<double>[]
            {
                new(double.NaN, new("tenant", "acme"), new("model", "m2")),
                new(0.125, new("tenant", "acme"), new("model", "m1")),
            },
            unit: "1",
            "Population stability index.");
        meter.CreateCounter<long>("drift.never.recorded");
    }
}
