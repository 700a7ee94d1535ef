using System.Diagnostics.Metrics;

namespace Drift.Delivery.Deployers;

/// <summary>The metrics of the deployers. Thread-safe.</summary>
internal sealed class DeployerInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;

    public DeployerInstruments(IMeterFactory meters)
    {
        _meter = meters.Create("Drift.Deployers");
        _attempts = _meter.CreateCounter<long>(
            "drift_deployments_total", null, "Attempts to load and unload adapters, by deployer, action and outcome: done, failed (tried again), given_up.");
        _duration = _meter.CreateHistogram(
            "drift_deployment_seconds", null, "Time of an attempt to load or unload an adapter.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] });
    }

    /// <summary>There is such a deployer: its counters begin at 0, so that the first failure is an increase.</summary>
    public void Configured(string deployer)
    {
        foreach (var action in (string[])["load", "unload"])
        {
            foreach (var outcome in (string[])["done", "failed", "given_up"])
                Add(deployer, action, outcome, 0);
        }
    }

    /// <summary>An attempt ended.</summary>
    public void Attempted(string deployer, string action, bool done, TimeSpan elapsed)
    {
        Add(deployer, action, done ? "done" : "failed", 1);
        _duration.Record(elapsed.TotalSeconds, new("deployer", deployer), new KeyValuePair<string, object?>("action", action));
    }

    /// <summary>A request was given up.</summary>
    public void GivenUp(string deployer, string action) => Add(deployer, action, "given_up", 1);

    public void Dispose() => _meter.Dispose();

    private void Add(string deployer, string action, string outcome, long count) =>
        _attempts.Add(count, new("deployer", deployer), new("action", action), new KeyValuePair<string, object?>("outcome", outcome));
}
