using System.Diagnostics.Metrics;
using Drift.Support;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class PromtoolTests
{
    [PrometheusFact]
    public async Task Promtool_accepts_the_text()
    {
        using var metered = new MeteredRegistry();
        var checks = metered.Meter.CreateCounter<long>("drift_checks_total", "{check}", "Checks, by \"status\" and \\ or \n.");
        checks.Add(1, new KeyValuePair<string, object?>("status", "ok"));
        checks.Add(1, new KeyValuePair<string, object?>("status", "a\\b\"c\nd{}=,ß"));
        checks.Add(1, new KeyValuePair<string, object?>("status", null));
        var duration = metered.Meter.CreateHistogram<double>("drift_check_duration_seconds", "s", "How long a check takes.");
        duration.Record(0.25, new("tenant", "acme"), new("model", "m1"));
        duration.Record(2500, new("tenant", "acme"), new("model", "m2"));
        metered.Meter.CreateObservableGauge(
            "drift_psi",
            () => new Measurement<double>[]
            {
                new(double.NaN, new KeyValuePair<string, object?>("model", "m1")),
                new(double.PositiveInfinity, new KeyValuePair<string, object?>("model", "m2")),
                new(1e-300, new KeyValuePair<string, object?>("model", "m3")),
            },
            unit: "1",
            "Population stability index.");
        metered.Meter.CreateObservableGauge("broken", Broken, unit: null, "Fails.");
        metered.Meter.CreateUpDownCounter<int>("drift_checks", unit: null, "Left out, for its name is taken.").Add(1);

        var result = await Promtool.CheckMetricsAsync(metered.Text());

        Assert.True(result.ExitCode == 0, result.Output);
    }

    [PrometheusFact]
    public async Task Promtool_refuses_broken_text()
    {
        Assert.NotEqual(0, (await Promtool.CheckMetricsAsync("a{b=\"c} 1\n")).ExitCode);
    }

    private static int Broken() => throw new InvalidOperationException();
}
