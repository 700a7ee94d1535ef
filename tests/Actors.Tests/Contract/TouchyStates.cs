using Drift.Actors.Ports;

namespace Drift.Actors.Tests.Contract;

/// <summary>The real snapshots, whose writes fail or wait when the test says so.</summary>
public sealed class TouchyStates(EngineHarness harness, IActorStateStore inner) : IActorStateStore
{
    public Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken) => inner.LoadAsync(actorKey, cancellationToken);

    public Task<ActorSnapshot?> LoadPreviousAsync(string actorKey, CancellationToken cancellationToken) =>
        inner.LoadPreviousAsync(actorKey, cancellationToken);

    public Task<long?> SaveAsync(
        string actorKey,
        long expectedVersion,
        long journalSequence,
        ReadOnlyMemory<byte> payload,
        SnapshotCopies copies,
        SnapshotEffects effects,
        CancellationToken cancellationToken)
    {
        Task<long?> Save() => inner.SaveAsync(actorKey, expectedVersion, journalSequence, payload, copies, effects, cancellationToken);
        return harness.OnSave is { } fail ? fail(Save) : Save();
    }

    public Task DeleteModelAsync(ModelId model, SnapshotEffects effects, CancellationToken cancellationToken) =>
        inner.DeleteModelAsync(model, effects, cancellationToken);
}
