using Drift.Actors.Alerts;

namespace Drift.Actors.Ports;

/// <summary>
/// What follows from the state in a snapshot and becomes durable in the same transaction: a crash leaves both or neither, and a
/// snapshot that is refused, because another activation wrote, leaves nothing behind.
/// </summary>
/// <param name="Alerts">Alerts as they are now. One that is stored with the same or a higher sequence stays as it is.</param>
/// <param name="Outbox">Messages to add; those whose id is there already change nothing.</param>
public sealed partial record SnapshotEffects(IReadOnlyList<Alert> Alerts, IReadOnlyList<OutboxEntry> Outbox)
{
    /// <summary>Nothing follows.</summary>
    public static SnapshotEffects None { get; } = new([], []);

    /// <summary>Whether nothing follows.</summary>
    public bool IsEmpty => Alerts.Count == 0 && Outbox.Count == 0 && Adapters is null;
}
