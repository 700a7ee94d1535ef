namespace Drift.Actors.Ports;

/// <summary>
/// The durable, ordered record of what actors were told: what is appended survives any crash. Thread-safe.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends one entry and, in the same transaction, its batch ids and what it brings to the prediction log and the labels; returns when
    /// it is durable.
    /// </summary>
    /// <exception cref="DriftException">
    /// <see cref="DriftError.Unavailable"/>: whether it was written may be unknown, unless it is an <see cref="AppendRefusedException"/>.
    /// With any other error nothing was written.
    /// </exception>
    Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken);

    /// <summary>An actor's entries after a sequence, in order, without those whose payload was pruned.</summary>
    IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken);

    /// <summary>Which of these batch ids an actor appended within the idempotency horizon.</summary>
    Task<IReadOnlySet<string>> FindBatchIdsAsync(string actorKey, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>
    /// Drops the payloads of an actor's entries up to a sequence that a snapshot contains. Their batch ids are kept until
    /// <paramref name="idsBefore"/>, entries older than that go completely.
    /// </summary>
    Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken);
}
