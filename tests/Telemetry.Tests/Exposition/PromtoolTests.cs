using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class PromtoolTests
{
    [PromtoolFact]
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

        var (exitCode, output) = await CheckAsync(metered.Text());

        Assert.True(exitCode == 0, output);
    }

    [PromtoolFact]
    public async Task Promtool_refuses_broken_text()
    {
        var (exitCode, _) = await CheckAsync("a{b=\"c} 1\n");

        Assert.NotEqual(0, exitCode);
    }

    private static int Broken() => throw new InvalidOperationException();

    private static async Task<(int ExitCode, string Output)> CheckAsync(string text)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>A fact that needs promtool and says so when there is none.</summary>
    private sealed class PromtoolFactAttribute : FactAttribute
    {
        public PromtoolFactAttribute()
        {
            var path = Environment.GetEnvironmentVariable("PATH") ?? "";
            if (!path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "promtool"))))
                Skip = "promtool is not on PATH; Debian has it in the package prometheus.";
        }
    }
}
