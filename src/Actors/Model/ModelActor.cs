using Drift.Actors.Ports;
using Drift.Core.Profiles;
using Drift.Core.Windows;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Model;

/// <summary>
/// One model: takes deltas, keeps panes, compares them with the reference. A plain class that an engine hosts; its turns never run
/// at the same time but may interleave at an <c>await</c>, so everything that changes what is stored holds the gate.
/// </summary>
/// <remarks>
/// The state is a snapshot and the journal entries after it. When it is unclear whether a write happened (the database went away
/// before it answered), or another activation wrote, the state is read again before anything else is done with it.
/// </remarks>
public sealed partial class ModelActor : IModelActor, IActor, IDisposable
{
    // A node sends the batches of its callers as one, so these are many nodes, or labels.
    private const int MostWaiting = 1_000;

    private readonly ModelId _id;
    private readonly ModelActorServices _services;
    private readonly ILogger<ModelActor> _logger;

    // Never disposed: see KeptState.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IActorContext? _context;
    private ModelSnapshot _state;
    private long _sequence;
    private bool _mustReload;
    private RecentBatchIds _recentIds = new();
    private PrunedBatchIds _prunedIds;
    private bool _prunedAreRead;

    // Calls that wait at the gate, with what they bring in memory.
    private int _waiting;

    // What is stored cannot be read: the model only takes its deletion.
    private DriftException? _damage;

    // Set with deactivation: what was on its way then finds nothing to do, and changes nothing.
    private bool _left;

    /// <summary>Creates the actor of a model; it does nothing before <see cref="ActivateAsync"/>.</summary>
    public ModelActor(ModelId id, ModelActorServices services)
    {
        _id = id;
        _services = services;
        _logger = services.Logger;
        _state = NothingKnown();
        _prunedIds = NothingPruned();
    }

    private string Key => ActorKey.Model(_id);

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    // Passes evenly, whatever is done to the wall clock; means nothing outside this process.
    private TimeSpan Uptime => _services.Clock.GetElapsedTime(0);

    private ActorOptions Options => _services.Options.Value;

    /// <inheritdoc/>
    public async Task ActivateAsync(IActorContext context, CancellationToken cancellationToken)
    {
        _context = context;
        try
        {
            await ReloadAsync(cancellationToken);
        }
        catch (DriftException e) when (ReferenceEquals(e, _damage))
        {
            // It stays in memory, so that it can be deleted.
        }

        _services.Instruments.Activated();
        if (_state.Plan is not null)
            ScheduleEvaluation();
    }

    /// <inheritdoc/>
    public async Task DeactivateAsync(CancellationToken cancellationToken)
    {
        _left = true;
        _services.Instruments.Deactivated(_id);
        ReleaseWaiters();
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            await WrittenAsync();
            if ((_sequence == _snapshotSequence && _state.AlertChanges.Count == 0) || IsStale)
                return;
            await await BeginSaveAsync(SnapshotCopies.Latest);
        }
        catch (DriftException e)
        {
            // The journal has it all; the next activation replays more.
            LogSnapshotFailed(_id, e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    private ModelSnapshot NothingKnown() => new(_services.Shelf);

    /// <summary>Goes on with another state.</summary>
    private void Become(ModelSnapshot state)
    {
        _state.Dispose();
        _state = state;
    }

    /// <summary>Runs a change of stored state alone, on state that is known to be what is stored.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Unavailable"/>: too many wait, the state cannot be read, or the actor has left.</exception>
    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        if (_waiting >= MostWaiting)
            throw new DriftException(DriftError.Unavailable, $"Model {_id} has {_waiting} calls waiting for its database already. Send the request again in a moment.");
        _waiting++;
        try
        {
            await _gate.WaitAsync(cancellationToken);
        }
        finally
        {
            _waiting--;
        }

        try
        {
            // Its panes are gone from memory, and a snapshot without them would take the place of the one that has them.
            if (_left)
                throw Leaves();
            if (IsStale)
                await ReloadAsync(cancellationToken);
            return await change();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Applies a journal entry to the state: the same code when it is new and when it is replayed.</summary>
    private static void Apply(ModelSnapshot state, DecodedEntry entry, DateTimeOffset at)
    {
        state.Exists = true;
        if (state.CreatedAt == default)
            state.CreatedAt = at;
        Merge(state, entry.Parts);
        foreach (var (segment, _, profile) in entry.ReferenceParts)
        {
            if (state.Reference.TryGetValue(segment, out var reference))
                reference.Merge(profile);
        }

        if (entry.Kind == JournalPayload.Labels)
            return;
        state.LastIngest = at;
        state.Rows += entry.Rows;
        if (entry.Kind != JournalPayload.Unbinned)
            return;
        state.Kept.Add((at, entry.RawRows!));
        state.KeptRows += entry.Rows;
    }

    private static void Merge(ModelSnapshot state, IReadOnlyList<(string Segment, PaneKey Pane, Profile Profile)> parts)
    {
        foreach (var (segment, pane, profile) in parts)
            state.Panes!.Merge(segment, pane, profile);
    }

    /// <summary>
    /// Appends an entry and applies it. The caller holds the gate and has checked the payload. When another activation took the
    /// sequence, the state is read again and the caller's <paramref name="retry"/> decides afresh.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="batchIds">The hashes of its batch ids.</param>
    /// <param name="decoded">What is applied.</param>
    /// <param name="done">What follows.</param>
    /// <param name="retry">What follows when another activation was first.</param>
    /// <param name="cancellationToken">Ends reading the state again, never the append.</param>
    private async Task<T> AppendAsync<T>(
        JournalEntry entry, UInt128[] batchIds, DecodedEntry decoded, Func<Task<T>> done, Func<Task<T>> retry, CancellationToken cancellationToken)
    {
        var started = _services.Clock.GetTimestamp();
        _mustReload = true;
        // A caller that goes away now must not leave it open whether its batch was written: the append runs to its end.
        AppendOutcome outcome;
        try
        {
            outcome = await _services.Journal.AppendAsync(entry, CancellationToken.None);
        }
        catch (AppendRefusedException e)
        {
            // Nothing was written, so the state is still what is stored. What leaves an actor is of the one type that travels between silos.
            _mustReload = false;
            throw new DriftException(e.Error, e.Message, e);
        }
        catch (DriftException e) when (e.Error != DriftError.Unavailable)
        {
            _mustReload = false;
            throw;
        }

        _mustReload = false;
        _services.Instruments.Flushed(_services.Clock.GetElapsedTime(started));
        if (outcome == AppendOutcome.Conflict)
        {
            LogFenced(_id, entry.Sequence);
            await ReloadAsync(cancellationToken);
            return await retry();
        }

        _sequence = entry.Sequence;
        _recentIds.Add(entry.Sequence, batchIds);
        try
        {
            Apply(_state, decoded, entry.At);
        }
        catch (DriftException) when (IsLost)
        {
            // The entry is stored: what is read again contains it.
            await ReloadAsync(cancellationToken);
        }

        return await done();
    }

    private JournalEntry NewEntry(byte kind, IReadOnlyList<string> batchIds, byte[] payload) => new()
    {
        Model = _id,
        Sequence = _sequence + 1,
        Kind = kind,
        BatchIds = batchIds,
        At = Now,
        Payload = payload,
    };

    private DriftException NotFound() => new(DriftError.NotFound, $"There is no model {_id}. POST predictions to it, or PUT its settings, to create it.");

    private DriftException Leaves() => new(DriftError.Unavailable, $"Model {_id} leaves this node. Nothing was done: send the request again.");

    private void RequireSound()
    {
        if (_damage is { } damage)
            throw new DriftException(damage.Error, damage.Message, damage);
        if (!IsLost)
            return;
        ScheduleEvaluation();
        throw new DriftException(DriftError.Unavailable, $"The state of model {_id} is read again from the database. Send the request again in a moment.");
    }

    private void RequireExists()
    {
        RequireSound();
        if (!_state.Exists)
            throw NotFound();
    }

    private Window WindowOf(string? name)
    {
        name ??= _state.Settings.Windows[0];
        return Window.TryParse(name, out var window)
            ? window
            : throw new DriftException(DriftError.Invalid, $"'{name}' is no window, use one of {string.Join(", ", Window.All)}.")
            {
                Fields = new Dictionary<string, string[]> { ["window"] = [$"is '{name}', must be one of {string.Join(", ", Window.All)}"] },
            };
    }

    [LoggerMessage(EventId = 2001, EventName = "Fenced", Level = LogLevel.Warning, Message = "Model {Model}: another activation wrote sequence {Sequence} first; reading its state and going on.")]
    private partial void LogFenced(ModelId model, long sequence);
}
