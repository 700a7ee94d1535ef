using System.Diagnostics.Metrics;
using Drift.Actors.Ports;

namespace Drift.Delivery;

/// <summary>The metrics of delivery. Thread-safe.</summary>
internal sealed class DeliveryInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Delivery";

    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly TimeProvider _clock;
    private Backlog _backlog = new(0, 0, null);

    public DeliveryInstruments(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        _meter = meters.Create(MeterName);
        _attempts = _meter.CreateCounter<long>("drift_outbox_delivered_total", null, "Attempts to deliver, by kind of message and outcome: delivered, failed, dead.");
        _meter.CreateObservableGauge("drift_outbox_pending", () => Volatile.Read(ref _backlog).Pending, null, "Messages that wait to be delivered.");
        _meter.CreateObservableGauge("drift_outbox_dead", () => Volatile.Read(ref _backlog).Dead, null, "Messages that were given up and wait for a person.");
        _meter.CreateObservableGauge("drift_outbox_oldest_pending_seconds", OldestSeconds, null, "How long the oldest message has waited; 0 when none waits.");
        foreach (var outcome in Enum.GetValues<AttemptOutcome>())
        {
            Attempted("alert", outcome, 0);
            Attempted("trigger", outcome, 0);
        }
    }

    /// <summary>An attempt ended.</summary>
    public void Attempted(string kind, AttemptOutcome outcome, long count = 1) => _attempts.Add(
        count,
        new("kind", kind),
        new KeyValuePair<string, object?>("outcome", outcome switch { AttemptOutcome.Delivered => "delivered", AttemptOutcome.Failed => "failed", _ => "dead" }));

    /// <summary>The backlog was measured.</summary>
    public void Measured(IReadOnlyCollection<OutboxBacklog> backlog) =>
        Volatile.Write(ref _backlog, new Backlog(backlog.Sum(b => b.Pending), backlog.Sum(b => b.Dead), backlog.Min(b => b.OldestPending)));

    public void Dispose() => _meter.Dispose();

    private double OldestSeconds() =>
        Volatile.Read(ref _backlog).Oldest is { } oldest ? Math.Max(0, (_clock.GetUtcNow() - oldest).TotalSeconds) : 0;

    private sealed record Backlog(long Pending, long Dead, DateTimeOffset? Oldest);
}

/// <summary>What became of a message after an attempt.</summary>
internal enum AttemptOutcome
{
    /// <summary>It was taken.</summary>
    Delivered,

    /// <summary>It will be tried again.</summary>
    Failed,

    /// <summary>It was given up.</summary>
    Dead,
}
