using Drift.Api.Observability;
using Drift.Api.Wire;

namespace Drift.Api.Ingest;

/// <summary>
/// Counts telemetry in this process's metrics. Nothing of it is stored: as with every counter that Prometheus reads, what a process counted
/// goes with it, and <c>rate()</c> sees the restart. Thread-safe.
/// </summary>
internal sealed class TelemetryIngest(ServingInstruments instruments, TimeProvider clock)
{
    private readonly RecentIds _recent = new(clock, TimeSpan.FromHours(1), most: 100_000);

    /// <summary>Counts a batch, unless its id was counted by this process within the hour.</summary>
    /// <exception cref="Errors.ApiException">Something in it cannot be; nothing has changed.</exception>
    public TelemetryReceipt Take(string tenant, TelemetryBatch batch)
    {
        var samples = TelemetryCheck.Check(batch, tenant);
        if (batch.BatchId is { } id && !_recent.TryAdd($"{tenant}/{id}"))
            return new TelemetryReceipt(batch.BatchId, 0, Duplicate: true);
        foreach (var (model, figures) in samples)
            instruments.Reported(model, batch.Source ?? "", figures);
        return new TelemetryReceipt(batch.BatchId, samples.Count, Duplicate: false);
    }
}
