namespace Drift.Actors.Ports;

/// <summary>How much one destination has not got.</summary>
/// <param name="Destination">Its name.</param>
/// <param name="Pending">Entries that wait.</param>
/// <param name="Dead">Entries given up.</param>
/// <param name="OldestPending">When the oldest of those that wait was queued.</param>
public sealed record OutboxBacklog(string Destination, long Pending, long Dead, DateTimeOffset? OldestPending);
