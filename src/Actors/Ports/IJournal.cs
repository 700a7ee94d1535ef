namespace Drift.Actors.Ports;

/// <summary>
/// The durable, ordered record of what actors were told: what is appended survives any crash. Thread-safe.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Appends one entry and, in the same transaction, what it brings to the prediction log and the labels; returns when it is durable.
    /// </summary>
    Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken);

    /// <summary>An actor's entries after a sequence, in order, without those whose payload was pruned.</summary>
    IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken);

    /// <summary>Whether a batch id of an actor was appended within the idempotency horizon.</summary>
    Task<bool> ContainsAsync(string actorKey, string batchId, CancellationToken cancellationToken);

    /// <summary>
    /// Drops the payloads of an actor's entries up to a sequence that a snapshot contains. Their batch ids are kept until
    /// <paramref name="idsBefore"/>, entries older than that go completely.
    /// </summary>
    Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken);
}

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>It is durable.</summary>
    Appended,

    /// <summary>The actor already has an entry with this batch id; nothing was written.</summary>
    Duplicate,

    /// <summary>The actor already has an entry with this sequence: another activation wrote it; nothing was written.</summary>
    Conflict,
}

/// <summary>An entry to append.</summary>
public sealed record JournalEntry
{
    /// <summary>The model whose entry it is; the actor key is <see cref="ActorKey.Model"/> of it.</summary>
    public required ModelId Model { get; init; }

    /// <summary>Its sequence, one above the actor's last.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the payload is; defined by the actor.</summary>
    public required byte Kind { get; init; }

    /// <summary>The caller's batch id, or null.</summary>
    public string? BatchId { get; init; }

    /// <summary>When it was appended, by the actor's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The payload; carries its own checksum.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Predictions to log. An id that is logged already stays as it was.</summary>
    public IReadOnlyList<PredictionRecord> Predictions { get; init; } = [];

    /// <summary>Labels to keep. An id that has one already stays as it was.</summary>
    public IReadOnlyList<LabelRecord> Labels { get; init; } = [];
}

/// <summary>An entry read back.</summary>
/// <param name="Sequence">Its sequence.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="At">When it was appended.</param>
/// <param name="Payload">The payload.</param>
public sealed record StoredEntry(long Sequence, byte Kind, DateTimeOffset At, byte[] Payload);
