namespace Drift.Actors.Ports;

/// <summary>Where actors keep their snapshots. Thread-safe.</summary>
public interface IActorStateStore
{
    /// <summary>The snapshot of an actor, or null when it has none.</summary>
    Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a snapshot if the stored version is still <paramref name="expectedVersion"/> (0: none is stored) and gives the new version;
    /// null when another activation wrote meanwhile: the caller must reload.
    /// </summary>
    Task<long?> SaveAsync(string actorKey, long expectedVersion, long journalSequence, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        SaveAsync(actorKey, expectedVersion, journalSequence, payload, SnapshotEffects.None, cancellationToken);

    /// <summary>The same, with what follows from the snapshot in one transaction.</summary>
    Task<long?> SaveAsync(
        string actorKey, long expectedVersion, long journalSequence, ReadOnlyMemory<byte> payload, SnapshotEffects effects, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes everything stored of a model: snapshot, journal, predictions, labels, history. Its alerts stay until retention takes them,
    /// resolved, and what follows from that is added in the same transaction. Nothing happens when nothing is stored.
    /// </summary>
    Task DeleteModelAsync(ModelId model, SnapshotEffects effects, CancellationToken cancellationToken);
}
