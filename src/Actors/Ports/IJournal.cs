namespace Drift.Actors.Ports;

/// <summary>
/// The durable, ordered record of what actors were told: what is appended survives any crash. Thread-safe.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends one entry and, in the same transaction, what it brings to the prediction log and the labels; returns when it is durable.
    /// An entry with a batch id of a pruned entry is a duplicate, unless <see cref="JournalEntry.BatchIdsAreNew"/> says that there is none. The ids of those that are not pruned yet are the actor's to know
    /// (<see cref="ReadBatchIdsAsync"/>): no other activation can have added to them unnoticed, as it would have taken the sequence.
    /// </summary>
    /// <exception cref="DriftException">
    /// <see cref="DriftError.Unavailable"/>: whether it was written may be unknown, unless it is an <see cref="AppendRefusedException"/>.
    /// With any other error nothing was written.
    /// </exception>
    Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken);

    /// <summary>An actor's entries after a sequence, in order, without those whose payload was pruned.</summary>
    IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken);

    /// <summary>The entries of an actor that are not pruned yet and carry batch ids, in order, with their ids.</summary>
    Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken);

    /// <summary>Which of these batch ids an actor's pruned entries had, within the idempotency horizon.</summary>
    Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(string actorKey, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>The batch ids of an actor's pruned entries, within the idempotency horizon, in no order.</summary>
    /// <param name="actorKey">The actor.</param>
    /// <param name="most">How many at the most; which ones are left out is open.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<string> ReadPrunedBatchIdsAsync(string actorKey, int most, CancellationToken cancellationToken);

    /// <summary>
    /// Drops the payloads of an actor's entries up to a sequence that a snapshot contains. Their batch ids are kept until
    /// <paramref name="idsBefore"/>, entries older than that go completely.
    /// </summary>
    Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken);
}
