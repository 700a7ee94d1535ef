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
    Task<long?> SaveAsync(
        string actorKey, long expectedVersion, long journalSequence, ReadOnlyMemory<byte> payload, SnapshotCopies copies, CancellationToken cancellationToken);

    /// <summary>Deletes everything stored of a model: snapshot, journal, predictions, labels, history. Nothing happens when nothing is stored.</summary>
    Task DeleteModelAsync(ModelId model, CancellationToken cancellationToken);
}
