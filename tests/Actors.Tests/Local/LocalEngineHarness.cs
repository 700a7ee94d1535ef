using System.Diagnostics.Metrics;
using Drift.Actors.Adapters;
using Drift.Actors.Gpus;
using Drift.Actors.Instruments;
using Drift.Actors.Local;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Actors.Tests.Contract;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Windows;
using Drift.Storage;
using Drift.Storage.Panes;
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
    private readonly TriggerInstruments _triggerInstruments;
    private readonly TrainingInstruments _trainingInstruments;
    private readonly AdapterInstruments _adapterInstruments;
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
        services.Configure<PaneShelfOptions>(shelf => (shelf.Folder, shelf.MinFreeBytes) = (_directory["panes"], 0));
        _storage = services.BuildServiceProvider();
        _instruments = new ModelInstruments(_storage.GetRequiredService<IMeterFactory>(), Options.Create(new ModelInstrumentsOptions()));
        _gpuInstruments = new GpuInstruments(_storage.GetRequiredService<IMeterFactory>(), Clock);
        _triggerInstruments = new TriggerInstruments(_storage.GetRequiredService<IMeterFactory>());
        _trainingInstruments = new TrainingInstruments(_storage.GetRequiredService<IMeterFactory>());
        _adapterInstruments = new AdapterInstruments(_storage.GetRequiredService<IMeterFactory>());
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

    public override IAdapterStore AdapterStore => _storage.GetRequiredService<IAdapterStore>();

    public override IOutbox Outbox => _storage.GetRequiredService<IOutbox>();

    public override ITriggerStore Triggers => _storage.GetRequiredService<ITriggerStore>();

    public override ITrainingStore TrainingRuns => _storage.GetRequiredService<ITrainingStore>();

    protected override TimeSpan IdleTimeout => _options.IdleTimeout;

    protected override IActorWakes Wakes => _storage.GetRequiredService<IActorWakes>();

    public override IDriftEngine StartSecondEngine() => NewEngine();

    // Nothing of the old engine is called again: what it held in memory is lost, as by kill -9.
    public override void Crash() => _engine = NewEngine();

    public override string Bytes(string hex) => $"x'{hex}'";

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_directory["drift.db"]};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    public override Task CollectAsync() => _engine.SweepAsync();

    public override async ValueTask DisposeAsync()
    {
        OnAppend = null;
        OnSave = null;
        OnPrune = null;
        OnReadPruned = null;
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        await _storage.DisposeAsync();
        _instruments.Dispose();
        _gpuInstruments.Dispose();
        _triggerInstruments.Dispose();
        _trainingInstruments.Dispose();
        _adapterInstruments.Dispose();
        _directory.Dispose();
    }

    /// <summary>A model's actor that no engine hosts; nothing is read yet.</summary>
    internal ModelActor NewActor(string name = "credit") => new(ModelId.Create("default", name), ModelServices(_engine));

    /// <summary>A model's trigger that no engine hosts; nothing is read yet.</summary>
    internal TriggerActor NewTrigger(string name = "credit") => new(ModelId.Create("default", name), TriggerServices(_engine));

    private TriggerActorServices TriggerServices(IDriftEngine engine) => new(
        () => engine, new TouchyStates(this, _storage.GetRequiredService<IActorStateStore>()), Triggers, new OneTrainer(), Clock, _triggerInstruments, NullLogger<TriggerActor>.Instance);

    private ModelActorServices ModelServices(IDriftEngine engine) => new(
        () => engine,
        new TouchyStates(this, _storage.GetRequiredService<IActorStateStore>()),
        new TouchyJournal(this, _storage.GetRequiredService<IJournal>()),
        _storage.GetRequiredService<IPredictionLog>(),
        _storage.GetRequiredService<IHistory>(),
        _storage.GetRequiredService<IAlertStore>(),
        new OneDestination(),
        new TouchyShelf(this, _storage.GetRequiredService<IPaneShelf>()),
        Clock,
        Options.Create(_options),
        _instruments,
        NullLogger<ModelActor>.Instance);

    private LocalEngine NewEngine()
    {
        var engine = new LocalEngine(
            ModelServices,
            _storage.GetRequiredService<IModelDirectory>(),
            new GpuActorServices(new TouchyGpuStore(this, _storage.GetRequiredService<IGpuStore>()), _gpuInstruments, Clock, Options.Create(new GpuActorOptions()), NullLogger<GpuActor>.Instance),
            TriggerServices,
            e => new TrainingActorServices(
                () => e, new TouchyStates(this, _storage.GetRequiredService<IActorStateStore>()), Alerts, new OneDestination(), Clock, Options.Create(new TrainingOptions()), _trainingInstruments,
                NullLogger<TrainingActor>.Instance),
            Clock,
            Options.Create(_options),
            NullLogger<LocalEngine>.Instance)
        {
            AdapterServices = e => new AdapterActorServices(
                () => e,
                new TouchyStates(this, _storage.GetRequiredService<IActorStateStore>()),
                _storage.GetRequiredService<IAdapterStore>(),
                _storage.GetRequiredService<IAlertStore>(),
                new OneDestination(),
                Clock,
                Options.Create(new AdapterActorOptions()),
                _adapterInstruments,
                NullLogger<AdapterCatalogActor>.Instance),
        };
        _engines.Add(engine);
        return engine;
    }
}
