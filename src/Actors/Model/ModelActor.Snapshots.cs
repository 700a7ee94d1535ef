using Drift.Actors.Ports;
using Drift.Core.Codec;
using Drift.Core.Plans;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    // So many of the last entries keep their batch ids even when they look too old: after a restart nobody can tell a clock that jumped from time
    // that passed, and what is sent again then is among the last.
    private const int EntriesOfAnyAge = 1_000;

    private long _snapshotVersion;
    private long _snapshotSequence;

    // The plan that the stored snapshot holds: another one must not leave the actor, it could be lost and its version given out again.
    private Plan? _savedPlan;

    // The snapshot write that is under way; at most one. It may end in an exception, which whoever began it sees to.
    private Task _writing = Task.CompletedTask;

    // A snapshot write ended so that the stored version is unknown, or is another activation's.
    private bool _snapshotUncertain;

    /// <summary>Whether what is stored may be something else than what is in memory, or some of that is lost.</summary>
    private bool IsStale => _mustReload || _snapshotUncertain || IsLost;

    /// <summary>Whether a pane could not be read from the shelf.</summary>
    private bool IsLost => _state.Panes is { IsLost: true };

    /// <summary>
    /// Writes a snapshot that holds what is in no journal (a plan, a reference, settings) and waits for it. It becomes both copies: the one
    /// before it knows nothing of the change, and is nothing to fall back to. The caller holds the gate.
    /// </summary>
    /// <exception cref="DriftException">It could not be written; the state is read again before the next change.</exception>
    private async Task SaveAsync()
    {
        await WrittenAsync();
        _mustReload = true;
        await await BeginSaveAsync(SnapshotCopies.Both);
        _mustReload = false;
    }

    /// <summary>
    /// Begins to write a snapshot and goes on: turns that follow change the state, not the bytes that are on their way. The caller holds
    /// the gate, and no write is under way.
    /// </summary>
    private async Task SaveMeanwhileAsync(SnapshotCopies copies)
    {
        try
        {
            _ = ReportAsync(await BeginSaveAsync(copies));
        }
        catch (DriftException e)
        {
            LogSnapshotFailed(_id, e);
        }
    }

    private async Task ReportAsync(Task writing)
    {
        try
        {
            await writing;
        }
        catch (DriftException e)
        {
            LogSnapshotFailed(_id, e);
        }
    }

    /// <summary>The write that is under way has ended, one way or the other.</summary>
    private async Task WrittenAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Encodes the state and begins to write it; what is given is the write. The caller holds the gate, and no write is under way.</summary>
    private async Task<Task> BeginSaveAsync(SnapshotCopies copies)
    {
        if (_state.Plan is null)
            ResolveAlerts("the model learns again");
        // Read last, so that a silence that was made while an alert waited counts; and no await after it, so that state and effects agree.
        var silences = await SilencesAsync();
        var effects = AlertEffects(silences);
        _state.Panes?.RollUp(Now);
        return _writing = WriteAsync(_state, _sequence, _state.Encode(), copies, effects);
    }

    private async Task WriteAsync(ModelSnapshot state, long sequence, byte[] payload, SnapshotCopies copies, SnapshotEffects effects)
    {
        var plan = state.Plan;
        var uncertain = true;
        try
        {
            var version = await _services.States.SaveAsync(Key, _snapshotVersion, sequence, payload, copies, effects, CancellationToken.None);
            if (version is null)
            {
                LogFenced(_id, sequence);
                throw new DriftException(DriftError.Unavailable, $"Another activation of model {_id} wrote meanwhile. Send the request again.");
            }

            _snapshotVersion = version.Value;
            AlertsKept(state, effects);
            uncertain = false;
        }
        finally
        {
            _snapshotUncertain |= uncertain;
        }

        // The journal lags by one snapshot, so that the one before can stand in for a damaged one.
        var needless = copies == SnapshotCopies.Both ? sequence : _snapshotSequence;
        _snapshotSequence = sequence;
        _savedPlan = plan;
        var (ids, pruned) = (_recentIds, _prunedIds);
        try
        {
            var aged = Math.Min(Math.Min(pruned.AgedThrough, ids.First - 1), needless - EntriesOfAnyAge);
            await _services.Journal.PruneAsync(Key, needless, Now - Options.IdempotencyHorizon, aged, pruned.ForgottenThrough, CancellationToken.None);
            ids.Forget(needless, pruned, Uptime);
        }
        catch (DriftException e)
        {
            // The snapshot is there, and the next one prunes what this one did not.
            LogPruneFailed(_id, e);
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        _mustReload = true;
        SetDamage(null);
        // What is read while a write is under way may be what was before it.
        await WrittenAsync();
        var read = await ReadStoredAsync(cancellationToken);
        _recentIds = read.RecentIds;
        _prunedIds = NothingPruned();
        _prunedAreRead = false;
        Become(read.State);
        _savedPlan = _state.Plan;
        _snapshotVersion = read.Stored?.Version ?? 0;
        _snapshotSequence = read.Basis?.JournalSequence ?? 0;
        _sequence = read.Sequence;
        _mustReload = _snapshotUncertain = false;
        _unevaluated = true;
        if (read.Replayed > 0)
        {
            // What was replayed may never have been evaluated: the next evaluation is one of new rows.
            _changedAt ??= Now;
            LogReplayed(_id, read.Replayed, read.Basis?.Version ?? 0);
        }

        if (read.FellBack)
        {
            LogFellBack(_id, read.Stored!.Version, read.Basis!.Version, read.Replayed);
            // Two sound copies again, before anything else can happen to the only one.
            await SaveMeanwhileAsync(SnapshotCopies.Both);
        }

        await FinishLearningAsync(cancellationToken);
    }

    /// <summary>Reads the snapshot, or the one before it, replays the journal entries after it, and reads the batch ids.</summary>
    /// <exception cref="DriftException">It cannot be read; nothing of it is left on the shelf.</exception>
    private async Task<StoredState> ReadStoredAsync(CancellationToken cancellationToken)
    {
        var stored = await _services.States.LoadAsync(Key, cancellationToken);
        var basis = stored;
        var state = NothingKnown();
        try
        {
            var fellBack = stored is not null && !TryDecode(stored, out state);
            if (fellBack)
            {
                // Without a copy before it, there is the journal, if all of it is still there.
                basis = await _services.States.LoadPreviousAsync(Key, cancellationToken) ?? new ActorSnapshot(0, 0, []);
                state = NothingKnown();
                if (basis.Version > 0 && !TryDecode(basis, out state))
                    throw Damage($"both snapshots of model {_id} in actor_state, {stored!.Version} and the one before it, are damaged");
            }

            var sequence = basis?.JournalSequence ?? 0;
            var replayed = 0;
            await foreach (var entry in _services.Journal.ReadAsync(Key, sequence, cancellationToken))
            {
                // A model that was deleted by another host may have entries of the host that did not know yet; nothing came before them.
                if (entry.Sequence != sequence + 1 && (basis is not null || replayed > 0))
                    throw Damage($"journal entry {sequence + 1} of model {_id} is missing in drift_journal");
                Replay(state, entry);
                sequence = entry.Sequence;
                replayed++;
            }

            if (fellBack && sequence < stored!.JournalSequence)
                throw Damage($"snapshot {stored.Version} of model {_id} in actor_state is damaged, and drift_journal does not reach from the one before it to {stored.JournalSequence}");

            var recentIds = new RecentBatchIds();
            foreach (var (at, ids) in await _services.Journal.ReadBatchIdsAsync(Key, cancellationToken))
                recentIds.Add(at, BatchIdHash.Of(ids));
            return new StoredState(state, stored, basis, fellBack, sequence, replayed, recentIds);
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    private bool TryDecode(ActorSnapshot stored, out ModelSnapshot state)
    {
        try
        {
            state = ModelSnapshot.Decode(stored.Payload, _services.Shelf);
            return true;
        }
        catch (CodecException e)
        {
            LogSnapshotDamaged(_id, stored.Version, e);
            _services.Instruments.Damaged(_id, "snapshot");
            state = NothingKnown();
            return false;
        }
    }

    private void Replay(ModelSnapshot state, StoredEntry entry)
    {
        if (entry.Kind == JournalPayload.SetAside)
        {
            LogSetAside(_id, entry.Sequence);
            return;
        }

        try
        {
            Apply(state, DecodedEntry.Of(entry.Kind, JournalPayload.Decode(entry.Payload), state.Plan), entry.At);
        }
        catch (CodecException e)
        {
            _services.Instruments.Damaged(_id, "journal");
            throw Damage($"journal entry {entry.Sequence} of model {_id} in drift_journal is damaged", e);
        }
    }

    /// <summary>The model is refused until what is stored of it can be read: going on without an acknowledged row would lose it for good.</summary>
    private DriftException Damage(string what, Exception? cause = null)
    {
        LogCorrupt(_id, what, cause);
        var damage = new DriftException(
            DriftError.Unavailable, $"The model cannot be served: {what}{(cause is null ? "" : $" ({cause.Message.TrimEnd('.')})")}. See the runbook, 'A snapshot or a journal entry is damaged'.", cause);
        SetDamage(damage);
        return damage;
    }

    private void SetDamage(DriftException? damage)
    {
        _damage = damage;
        _services.Instruments.Refuses(_id, damage is not null);
    }

    /// <summary>What was read of the database.</summary>
    /// <param name="State">The snapshot with what came after it.</param>
    /// <param name="Stored">The latest snapshot; null without one.</param>
    /// <param name="Basis">That, or the one before it that took its place.</param>
    /// <param name="FellBack">Whether it did.</param>
    /// <param name="Sequence">The last journal entry.</param>
    /// <param name="Replayed">How many entries came after the basis.</param>
    /// <param name="RecentIds">The batch ids of entries that are not pruned.</param>
    private sealed record StoredState(ModelSnapshot State, ActorSnapshot? Stored, ActorSnapshot? Basis, bool FellBack, long Sequence, int Replayed, RecentBatchIds RecentIds);

    [LoggerMessage(EventId = 2000, EventName = "Replayed", Level = LogLevel.Information, Message = "Model {Model}: {Entries} journal entries replayed on snapshot {Version}.")]
    private partial void LogReplayed(ModelId model, int entries, long version);

    [LoggerMessage(EventId = 2002, EventName = "SnapshotFailed", Level = LogLevel.Warning, Message = "Model {Model}: the snapshot could not be written. Nothing is lost, the journal has it; if this repeats, look at the database.")]
    private partial void LogSnapshotFailed(ModelId model, Exception exception);

    [LoggerMessage(EventId = 2003, EventName = "Corrupt", Level = LogLevel.Error, Message = "Model {Model} is not served: {What}. Restore the database from a backup, set the entry aside, or DELETE the model to start it afresh; the runbook says how.")]
    private partial void LogCorrupt(ModelId model, string what, Exception? exception);

    [LoggerMessage(EventId = 2004, EventName = "SnapshotDamaged", Level = LogLevel.Error, Message = "Model {Model}: snapshot {Version} in actor_state is damaged. Check the disk.")]
    private partial void LogSnapshotDamaged(ModelId model, long version, Exception exception);

    [LoggerMessage(EventId = 2005, EventName = "FellBack", Level = LogLevel.Warning, Message = "Model {Model}: in place of the damaged snapshot {Damaged}, snapshot {Version} and {Entries} journal entries gave the whole state. No row is lost.")]
    private partial void LogFellBack(ModelId model, long damaged, long version, int entries);

    [LoggerMessage(EventId = 2006, EventName = "SetAside", Level = LogLevel.Warning, Message = "Model {Model}: journal entry {Sequence} was set aside by an operator, and its rows are not counted.")]
    private partial void LogSetAside(ModelId model, long sequence);

    [LoggerMessage(EventId = 2007, EventName = "PruneFailed", Level = LogLevel.Warning, Message = "Model {Model}: the snapshot is written, but the journal before it could not be pruned. The next snapshot does it; if this repeats, look at the database.")]
    private partial void LogPruneFailed(ModelId model, Exception exception);
}
