namespace Drift.Actors.Ports;

/// <summary>
/// The durable, ordered record of what actors were told: what is appended survives any crash. Thread-safe.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends one entry and, in the same transaction, what it brings to the prediction log and the labels; returns when it is durable.
    /// Whether one of its batch ids was there before is the actor's to know (<see cref="ReadBatchIdsAsync"/>, <see cref="ReadPrunedBatchIdsAsync"/>):
    /// no other activation can have added to them unnoticed, as it would have taken the sequence.
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

    /// <summary>
    /// The pruned entries of an actor that still carry batch ids, with their ids, the last one first. Ids that an older version of this
    /// program moved out of their entries come at the end, as of sequence 0.
    /// </summary>
    IAsyncEnumerable<EntryBatchIds> ReadPrunedBatchIdsAsync(string actorKey, CancellationToken cancellationToken);

    /// <summary>Which of these batch ids the pruned entries with these sequences have, or an older version moved out of their entries.</summary>
    Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(
        string actorKey, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>Drops the payloads of an actor's entries up to a sequence that a snapshot contains; their batch ids stay.</summary>
    /// <param name="actorKey">The actor.</param>
    /// <param name="throughSequence">The last entry whose payload goes.</param>
    /// <param name="entriesBefore">Pruned entries that are older go completely,</param>
    /// <param name="entriesThrough">up to this one.</param>
    /// <param name="idsThrough">Pruned entries up to this one lose their batch ids.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset entriesBefore, long entriesThrough, long idsThrough, CancellationToken cancellationToken);
}
