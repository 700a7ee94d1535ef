namespace Drift.Actors.Ports;

/// <summary>Where actors keep their snapshots. Thread-safe.</summary>
public interface IActorStateStore
{
    /// <summary>The snapshot of an actor, or null when it has none.</summary>
    Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken);

    /// <summary>The copy before it, to fall back to when the snapshot is damaged; null when there is none.</summary>
    Task<ActorSnapshot?> LoadPreviousAsync(string actorKey, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a snapshot if the stored version is still <paramref name="expectedVersion"/> (0: none is stored) and gives the new version;
    /// null when another activation wrote meanwhile: the caller must reload.
    /// </summary>
    /// <param name="actorKey">Whose.</param>
    /// <param name="expectedVersion">The version that is stored; 0 when none is.</param>
    /// <param name="journalSequence">The last journal entry that the snapshot contains.</param>
    /// <param name="payload">The encoded state.</param>
    /// <param name="copies">Which of the two copies it becomes.</param>
    /// <param name="effects">What follows from the snapshot and is stored with it, in one transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<long?> SaveAsync(
        string actorKey,
        long expectedVersion,
        long journalSequence,
        ReadOnlyMemory<byte> payload,
        SnapshotCopies copies,
        SnapshotEffects effects,
        CancellationToken cancellationToken);

    /// <summary>The same, of a snapshot that nothing follows from.</summary>
    Task<long?> SaveAsync(
        string actorKey, long expectedVersion, long journalSequence, ReadOnlyMemory<byte> payload, SnapshotCopies copies, CancellationToken cancellationToken) =>
        SaveAsync(actorKey, expectedVersion, journalSequence, payload, copies, SnapshotEffects.None, cancellationToken);

    /// <summary>
    /// Deletes everything stored of a model: snapshot, journal, predictions, labels, history. Its alerts stay until retention takes them,
    /// resolved, and what follows from that is added in the same transaction. Nothing happens when nothing is stored.
    /// </summary>
    Task DeleteModelAsync(ModelId model, SnapshotEffects effects, CancellationToken cancellationToken);
}
