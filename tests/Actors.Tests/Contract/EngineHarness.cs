using Drift.Actors.Ports;
using Drift.Actors.Wakes;
using Drift.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drift.Actors.Tests.Contract;

/// <summary>
/// An engine on a real store under a clock that the test moves. What one engine's harness can do every engine's can: the suite
/// runs unchanged on each.
/// </summary>
public abstract class EngineHarness : IAsyncDisposable
{
    private int _journalReads;
    private int _shelved;

    public FakeClock Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    public abstract IDriftEngine Engine { get; }

    /// <summary>The alerts that the actors of this store raised.</summary>
    public abstract IAlertStore Alerts { get; }

    /// <summary>The tables of LoRA versions.</summary>
    public abstract IAdapterStore AdapterStore { get; }

    /// <summary>What was told of them: one entry per change to the destination <c>pager</c>, its kind the <see cref="Drift.Actors.Alerts.AlertEvent"/>.</summary>
    public abstract IOutbox Outbox { get; }

    /// <summary>The triggers that the actors of this store made; they go to the one trainer <c>farm</c>.</summary>
    public abstract ITriggerStore Triggers { get; }

    /// <summary>The training runs of this store.</summary>
    public abstract ITrainingStore TrainingRuns { get; }

    /// <summary>How long an actor stays in memory that nobody calls.</summary>
    protected abstract TimeSpan IdleTimeout { get; }

    /// <summary>Actors of this store that are to be woken.</summary>
    protected abstract IActorWakes Wakes { get; }

    /// <summary>Wakes the actors that are due, as hosts do every few seconds; says how many were.</summary>
    public Task<int> WakeAsync() => new ActorWaker(Wakes, Engine, Clock, NullLogger<ActorWaker>.Instance).WakeDueAsync();

    /// <summary>What the journal does in place of an append, for tests of a database that fails; null: append.</summary>
    public Func<JournalEntry, Func<Task<AppendOutcome>>, Task<AppendOutcome>>? OnAppend { get; set; }

    /// <summary>What the store does in place of writing a snapshot; null: write.</summary>
    public Func<Func<Task<long?>>, Task<long?>>? OnSave { get; set; }

    /// <summary>What the journal does in place of pruning; null: prune.</summary>
    public Func<Func<Task>, Task>? OnPrune { get; set; }

    /// <summary>What reading the ids of pruned entries does instead; it gets the reading itself.</summary>
    public Func<Func<IAsyncEnumerable<EntryBatchIds>>, IAsyncEnumerable<EntryBatchIds>>? OnReadPruned { get; set; }

    /// <summary>What reading a pane from the shelf fails with; null: it is read.</summary>
    public Exception? ShelfFailure { get; set; }

    /// <summary>How many panes lie on shelves.</summary>
    public int Shelved => Volatile.Read(ref _shelved);

    /// <summary>So many panes more, or fewer, lie on a shelf.</summary>
    public void CountShelved(int change) => Interlocked.Add(ref _shelved, change);

    /// <summary>Changes rows of the database behind the engine's back, as a bad disk or an operator does; at least one must change.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>Bytes, given in hexadecimal, as the store's SQL writes them.</summary>
    public abstract string Bytes(string hex);

    /// <summary>How often an actor read its journal.</summary>
    public int JournalReads => Volatile.Read(ref _journalReads);

    /// <summary>An actor reads its journal.</summary>
    public void CountJournalRead() => Interlocked.Increment(ref _journalReads);

    /// <summary>What writes of GPU samples fail with; null: they are written.</summary>
    public Exception? GpuStoreFailure { get; set; }

    /// <summary>A second engine on the same store, as after a partition: both believe that they own the actors.</summary>
    public abstract IDriftEngine StartSecondEngine();

    /// <summary>The process is gone without a word; another one starts on the same store.</summary>
    public abstract void Crash();

    /// <summary>All actors leave memory, as after their idle time.</summary>
    public async Task PassivateAsync()
    {
        Clock.Advance(IdleTimeout);
        await CollectAsync();
    }

    /// <summary>Actors that have been idle for that long leave memory; one that is in a turn stays.</summary>
    public abstract Task CollectAsync();

    public IModelActor Model(string name = "credit") => Engine.Model(ModelId.Create("default", name));

    public abstract ValueTask DisposeAsync();
}
