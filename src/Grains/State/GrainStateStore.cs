using System.Globalization;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Grains.Interfaces;
using Orleans.Storage;

namespace Drift.Grains.State;

/// <summary>
/// Actors' snapshots through Orleans' grain storage. The version that fences is the record's ETag. What grain storage
/// knows nothing of (the previous copy; deleting all that is stored of a model, in one transaction) goes to the database's own store.
/// </summary>
internal sealed class GrainStateStore(IGrainStorage storage, IActorStateStore database) : IActorStateStore
{
    /// <summary>The name of the storage provider.</summary>
    public const string ProviderName = "drift";

    /// <summary>The name of the one state that a model's grain has; unique over grain types, because storage keys do not carry the type.</summary>
    public const string StateName = "model";

    public async Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken)
    {
        var state = new GrainState<StoredSnapshot>();
        await GuardAsync("read", actorKey, () => storage.ReadStateAsync(StateName, IdOf(actorKey), state));
        return state.RecordExists
            ? new ActorSnapshot(long.Parse(state.ETag!, CultureInfo.InvariantCulture), state.State!.JournalSequence, state.State.Payload.ToArray())
            : null;
    }

    public Task<ActorSnapshot?> LoadPreviousAsync(string actorKey, CancellationToken cancellationToken) => database.LoadPreviousAsync(actorKey, cancellationToken);

    public async Task<long?> SaveAsync(
        string actorKey,
        long expectedVersion,
        long journalSequence,
        ReadOnlyMemory<byte> payload,
        SnapshotCopies copies,
        SnapshotEffects effects,
        CancellationToken cancellationToken)
    {
        // Grain storage writes one record. What must be durable with it goes in one transaction with the same row, under the same version.
        if (!effects.IsEmpty)
            return await database.SaveAsync(actorKey, expectedVersion, journalSequence, payload, copies, effects, cancellationToken);
        var state = new GrainState<StoredSnapshot>(
            new StoredSnapshot { JournalSequence = journalSequence, BothCopies = copies == SnapshotCopies.Both, Payload = payload },
            expectedVersion == 0 ? null : expectedVersion.ToString(CultureInfo.InvariantCulture))
        {
            RecordExists = expectedVersion != 0,
        };
        try
        {
            await GuardAsync("write", actorKey, () => storage.WriteStateAsync(StateName, IdOf(actorKey), state));
            return long.Parse(state.ETag!, CultureInfo.InvariantCulture);
        }
        catch (InconsistentStateException)
        {
            return null;
        }
    }

    public Task DeleteModelAsync(ModelId model, SnapshotEffects effects, CancellationToken cancellationToken) =>
        database.DeleteModelAsync(model, effects, cancellationToken);

    private static GrainId IdOf(string actorKey) => GrainId.Create(GrainKeys.ModelType, actorKey);

    private static async Task GuardAsync(string verb, string actorKey, Func<Task> access)
    {
        try
        {
            await access();
        }
        catch (Exception e) when (e is not InconsistentStateException)
        {
            throw new DriftException(
                DriftError.Unavailable, $"The state of {actorKey} could not be {(verb == "read" ? "read" : "written")}: the PostgreSQL database cannot be reached or is busy. Send the request again.", e);
        }
    }
}
