namespace Drift.Actors.Ports;

/// <summary>
/// Messages to the outside that are durable before they are sent. What follows from a change of an actor's state is added with that
/// state, in one transaction (<see cref="SnapshotEffects"/>). Thread-safe; several processes may deliver from it at once.
/// </summary>
public interface IOutbox
{
    /// <summary>Adds entries, in one transaction; those whose id is there already change nothing.</summary>
    Task AddAsync(IReadOnlyCollection<OutboxEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// Takes entries to a destination that are due, each of which then belongs to the caller until <paramref name="lease"/> is over: no
    /// other claim gets it. Counts the attempt. An entry whose claimer went away is due again when its lease is over.
    /// </summary>
    Task<IReadOnlyList<OutboxEntry>> ClaimAsync(string destination, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken);

    /// <summary>The attempt succeeded. False, and nothing changes, when the lease was over and the entry is no longer the caller's.</summary>
    Task<bool> DeliveredAsync(OutboxEntry claimed, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The attempt failed; the next one is due at a time. False as in <see cref="DeliveredAsync"/>.</summary>
    Task<bool> RetryAsync(OutboxEntry claimed, DateTimeOffset next, string error, CancellationToken cancellationToken);

    /// <summary>The attempt failed and no other will be made. False as in <see cref="DeliveredAsync"/>.</summary>
    Task<bool> GiveUpAsync(OutboxEntry claimed, DateTimeOffset at, string error, CancellationToken cancellationToken);

    /// <summary>A tenant's entries, the latest first.</summary>
    Task<IReadOnlyList<OutboxEntry>> ListAsync(string tenant, OutboxQuery query, CancellationToken cancellationToken);

    /// <summary>An entry, or null.</summary>
    Task<OutboxEntry?> FindAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>Queues an entry that was given up or delivered once more, under the same id; gives it as it is now, or null when there is none such.</summary>
    Task<OutboxEntry?> RedeliverAsync(string tenant, string id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>What the destinations have not got, of all tenants; those that got everything are left out.</summary>
    Task<IReadOnlyList<OutboxBacklog>> MeasureAsync(CancellationToken cancellationToken);
}
