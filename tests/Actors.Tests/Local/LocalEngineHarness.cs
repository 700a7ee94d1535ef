using System.Diagnostics.Metrics;
using Drift.Actors.Alerts;
using Drift.Actors.Gpus;
using Drift.Actors.Instruments;
using Drift.Actors.Local;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Actors.Tests.Contract;
using Drift.Core.Gpus;
using Drift.Storage;
using Drift.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Tests.Local;

/// <summary><see cref="LocalEngine"/> on a SQLite file.</summary>
public sealed class LocalEngineHarness : EngineHarness
{
    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _storage;
    private readonly ActorOptions _options;
    private readonly List<LocalEngine> _engines = [];
    private readonly ModelInstruments _instruments;
    private readonly GpuInstruments _gpuInstruments;
    private LocalEngine _engine;

    private LocalEngineHarness(ActorOptions? options)
    {
        _options = options ?? new ActorOptions();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<TimeProvider>(Clock);
        services.AddDriftSqlite(_directory["drift.db"]);
        _storage = services.BuildServiceProvider();
        _instruments = new ModelInstruments(_storage.GetRequiredService<IMeterFactory>(), Options.Create(new ModelInstrumentsOptions()));
        _gpuInstruments = new GpuInstruments(_storage.GetRequiredService<IMeterFactory>(), Clock);
        _engine = NewEngine();
    }

    public override IDriftEngine Engine => _engine;

    public LocalEngine Local => _engine;

    public static async Task<LocalEngineHarness> StartAsync(ActorOptions? options = null)
    {
        var harness = new LocalEngineHarness(options);
        await harness._storage.GetRequiredService<IMigrator>().MigrateAsync(default);
        return harness;
    }

    public override IAlertStore Alerts => _storage.GetRequiredService<IAlertStore>();

    public override IOutbox Outbox => _storage.GetRequiredService<IOutbox>();

    public override IDriftEngine StartSecondEngine() => NewEngine();

    // Nothing of the old engine is called again: what it held in memory is lost, as by kill -9.
    public override void Crash() => _engine = NewEngine();

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_directory["drift.db"]};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    public override async Task PassivateAsync()
    {
        Clock.Advance(_options.IdleTimeout);
        await _engine.SweepAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        OnAppend = null;
        OnSave = null;
        OnPrune = null;
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        await _storage.DisposeAsync();
        _instruments.Dispose();
        _gpuInstruments.Dispose();
        _directory.Dispose();
    }

    private LocalEngine NewEngine()
    {
        var engine = new LocalEngine(
            e => new ModelActorServices(
                () => e,
                new TouchyStates(this, _storage.GetRequiredService<IActorStateStore>()),
                new TouchyJournal(this, _storage.GetRequiredService<IJournal>()),
                _storage.GetRequiredService<IPredictionLog>(),
                _storage.GetRequiredService<IHistory>(),
                _storage.GetRequiredService<IAlertStore>(),
                new OneDestination(),
                Clock,
                Options.Create(_options),
                _instruments,
                NullLogger<ModelActor>.Instance),
            _storage.GetRequiredService<IModelDirectory>(),
            new GpuActorServices(new TouchyGpuStore(this, _storage.GetRequiredService<IGpuStore>()), _gpuInstruments, Clock, Options.Create(new GpuActorOptions()), NullLogger<GpuActor>.Instance),
            Clock,
            Options.Create(_options),
            NullLogger<LocalEngine>.Instance);
        _engines.Add(engine);
        return engine;
    }

    /// <summary>Everything is told to one destination.</summary>
    private sealed class OneDestination : IAlertRouter
    {
        public IReadOnlyList<OutboxEntry> Route(Alert alert, AlertEvent change) =>
        [
            new()
            {
                Id = $"{alert.Id}.{alert.Sequence}",
                Tenant = alert.Tenant,
                Kind = change.ToString(),
                Destination = "pager",
                Subject = alert.Id,
                Payload = default,
                CreatedAt = alert.UpdatedAt,
                QueuedAt = alert.UpdatedAt,
                NextAttemptAt = alert.UpdatedAt,
            },
        ];
    }

    /// <summary>The real store, which fails when the test says so.</summary>
    private sealed class TouchyGpuStore(LocalEngineHarness harness, IGpuStore inner) : IGpuStore
    {
        public Task WriteAsync(string node, GpuReport latest, IReadOnlyList<GpuSample> samples, CancellationToken cancellationToken) => harness.GpuStoreFailure is { } failure
            ? Task.FromException(failure)
            : inner.WriteAsync(node, latest, samples, cancellationToken);

        public Task<GpuReport?> FindAsync(string node, CancellationToken cancellationToken) => inner.FindAsync(node, cancellationToken);

        public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

        public Task<IReadOnlyList<GpuSample>> ReadAsync(string node, GpuHistoryQuery query, CancellationToken cancellationToken) =>
            inner.ReadAsync(node, query, cancellationToken);
    }

    /// <summary>The real journal, which fails when the test says so.</summary>
    private sealed class TouchyJournal(LocalEngineHarness harness, IJournal inner) : IJournal
    {
        public Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken) => harness.OnAppend is { } fail
            ? fail(entry, () => inner.AppendAsync(entry, cancellationToken))
            : inner.AppendAsync(entry, cancellationToken);

        public IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken)
        {
            harness.JournalReads++;
            return inner.ReadAsync(actorKey, afterSequence, cancellationToken);
        }

        public Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken) =>
            inner.ReadBatchIdsAsync(actorKey, cancellationToken);

        public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(string actorKey, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
            inner.FindPrunedBatchIdsAsync(actorKey, batchIds, cancellationToken);

        public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken) => harness.OnPrune is { } fail
            ? fail(() => inner.PruneAsync(actorKey, throughSequence, idsBefore, cancellationToken))
            : inner.PruneAsync(actorKey, throughSequence, idsBefore, cancellationToken);
    }

    /// <summary>The real snapshots, whose writes fail or wait when the test says so.</summary>
    private sealed class TouchyStates(LocalEngineHarness harness, IActorStateStore inner) : IActorStateStore
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
}
