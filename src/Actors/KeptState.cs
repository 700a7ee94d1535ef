using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Drift.Actors.Ports;
using Drift.Core.Codec;

namespace Drift.Actors;

/// <summary>
/// The state of a small actor: an immutable record in one snapshot, without a journal. A change is decided on the stored state and written
/// with what follows from it in one transaction; when another activation wrote meanwhile, the state is read again and the change decided
/// afresh. So however many activations there are, each change happens once.
/// </summary>
/// <typeparam name="TState">The state.</typeparam>
internal sealed class KeptState<TState>
    where TState : class
{
    private const byte Version1 = 1;

    // Rivals can only be as many as there are silos that believe the actor to be theirs.
    private const int MostRounds = 20;

    private readonly string _key;
    private readonly byte _kind;
    private readonly IActorStateStore _store;
    private readonly JsonTypeInfo<TState> _type;
    private readonly TState _initial;

    // Never disposed, nor are the gates of actors: they have nothing to give back, and whoever still waits would wait for ever.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _version;
    private bool _stale = true;

    /// <summary>Creates it; nothing is read yet.</summary>
    /// <param name="key">The actor's key.</param>
    /// <param name="kind">Marks the bytes of this state.</param>
    /// <param name="store">Where it is kept.</param>
    /// <param name="type">Its JSON.</param>
    /// <param name="initial">What it is before anything is stored.</param>
    public KeptState(string key, byte kind, IActorStateStore store, JsonTypeInfo<TState> type, TState initial)
    {
        _key = key;
        _kind = kind;
        _store = store;
        _type = type;
        _initial = initial;
        Current = initial;
    }

    /// <summary>The state as it was last read or written here.</summary>
    public TState Current { get; private set; }

    /// <summary>Reads the state unless it is known.</summary>
    /// <exception cref="DriftException">It cannot be read, or is damaged.</exception>
    public Task<TState> ReadAsync(CancellationToken cancellationToken) =>
        ChangeAsync(state => Task.FromResult(new Decision<TState, TState>(state, state, SnapshotEffects.None)), cancellationToken);

    /// <summary>Reads the state before it is used next, whatever is known.</summary>
    public void Doubt() => _stale = true;

    /// <summary>
    /// Changes the state. <paramref name="decide"/> may be asked more than once and must not do anything but decide; the same state with no
    /// effects writes nothing.
    /// </summary>
    /// <exception cref="DriftException">It could not be written: whether it was is unknown, and the state is read again before the next change.</exception>
    public async Task<TResult> ChangeAsync<TResult>(Func<TState, Task<Decision<TState, TResult>>> decide, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            for (var round = 0; round < MostRounds; round++)
            {
                if (_stale)
                    await LoadAsync(cancellationToken);
                var decision = await decide(Current);
                if (ReferenceEquals(decision.State, Current) && decision.Effects.IsEmpty)
                    return decision.Result;
                _stale = true;
                // A caller that goes away now must not leave it open whether this was written.
                var version = await _store.SaveAsync(_key, _version, 0, Encode(decision.State), SnapshotCopies.Latest, decision.Effects, CancellationToken.None);
                if (version is not { } written)
                    continue;
                _version = written;
                _stale = false;
                Current = decision.State;
                return decision.Result;
            }
        }
        finally
        {
            _gate.Release();
        }

        throw new DriftException(DriftError.Unavailable, $"Other activations of {_key} wrote all the time. Send the request again.");
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var stored = await _store.LoadAsync(_key, cancellationToken);
        Current = stored is null ? _initial : Decode(stored.Payload);
        _version = stored?.Version ?? 0;
        _stale = false;
    }

    private byte[] Encode(TState state)
    {
        var writer = new ByteWriter(1024);
        writer.WriteByte(_kind);
        writer.WriteByte(Version1);
        writer.WriteBytes(JsonSerializer.SerializeToUtf8Bytes(state, _type));
        writer.WriteChecksum(0);
        return writer.ToArray();
    }

    private TState Decode(byte[] payload)
    {
        try
        {
            var reader = ByteReader.Open(payload, _kind, Version1, "state", out _);
            var state = JsonSerializer.Deserialize(reader.ReadBytes(), _type) ?? throw new CodecException("state: it is null.");
            reader.End();
            return state;
        }
        catch (Exception e) when (e is CodecException or JsonException)
        {
            throw new DriftException(
                DriftError.Unavailable, $"The state of {_key} in actor_state is damaged ({e.Message.TrimEnd('.')}). See the runbook, 'The state of a trigger or a training run is damaged'.", e);
        }
    }
}

/// <summary>What a change comes to.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Result">What the caller is told.</param>
/// <param name="Effects">What becomes durable with it.</param>
internal sealed record Decision<TState, TResult>(TState State, TResult Result, SnapshotEffects Effects);
