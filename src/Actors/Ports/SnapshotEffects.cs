using Drift.Actors.Alerts;
using Drift.Actors.Training;
using Drift.Actors.Triggers;

namespace Drift.Actors.Ports;

/// <summary>
/// What follows from the state in a snapshot and becomes durable in the same transaction: a crash leaves both or neither, and a
/// snapshot that is refused, because another activation wrote, leaves nothing behind.
/// </summary>
/// <param name="Alerts">Alerts as they are now. One that is stored with the same or a higher sequence stays as it is.</param>
/// <param name="Outbox">Messages to add; those whose id is there already change nothing.</param>
public sealed record SnapshotEffects(IReadOnlyList<Alert> Alerts, IReadOnlyList<OutboxEntry> Outbox)
{
    /// <summary>Nothing follows.</summary>
    public static SnapshotEffects None { get; } = new([], []);

    /// <summary>Triggers as they are now. One that is stored with the same or a higher sequence stays as it is.</summary>
    public IReadOnlyList<Trigger> Triggers { get; init; } = [];

    /// <summary>A training run as it is now. One that is stored with the same or a higher sequence stays as it is.</summary>
    public TrainingRun? Run { get; init; }

    /// <summary>Points of that run to add; those whose number is there already change nothing.</summary>
    public IReadOnlyList<NumberedPoint> Points { get; init; } = [];

    /// <summary>When the actor is to be woken; null: as it was.</summary>
    public WakeChange? Wake { get; init; }

    /// <summary>Whether nothing follows.</summary>
    public bool IsEmpty => Alerts.Count == 0 && Outbox.Count == 0 && Triggers.Count == 0 && Run is null && Points.Count == 0 && Wake is null;
}
