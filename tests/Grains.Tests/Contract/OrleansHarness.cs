using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Gpus;
using Drift.Actors.Instruments;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Actors.Tests.Contract;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Windows;
using Drift.Storage;
using Drift.Storage.Panes;
using Drift.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.TestingHost;

namespace Drift.Grains.Tests.Contract;

/// <summary>The engine of a cluster: silos in this process, on a PostgreSQL database of its own.</summary>
public sealed class OrleansHarness : EngineHarness
{
    private readonly string _database;
    private readonly short _silos;
    private readonly ActorOptions _options;
    private readonly List<InProcessTestCluster> _clusters = [];
    private readonly TempDirectory _panes = new();
    private InProcessTestCluster _cluster = null!;
    private int _next;

    private OrleansHarness(string database, short silos, ActorOptions options)
    {
        _database = database;
        _silos = silos;
        _options = options;
    }

    public override IDriftEngine Engine => EngineOf(_cluster);

    public override IAlertStore Alerts => _cluster.GetSiloServiceProvider().GetRequiredService<IAlertStore>();

    public override IAdapterStore AdapterStore => _cluster.GetSiloServiceProvider().GetRequiredService<IAdapterStore>();

    public override IOutbox Outbox => _cluster.GetSiloServiceProvider().GetRequiredService<IOutbox>();

    public override ITriggerStore Triggers => _cluster.GetSiloServiceProvider().GetRequiredService<ITriggerStore>();

    public override ITrainingStore TrainingRuns => _cluster.GetSiloServiceProvider().GetRequiredService<ITrainingStore>();

    protected override IActorWakes Wakes => _cluster.GetSiloServiceProvider().GetRequiredService<IActorWakes>();

    protected override TimeSpan IdleTimeout => _options.IdleTimeout;

    /// <summary>The silos that are there now.</summary>
    public InProcessTestCluster Cluster => _cluster;

    public static async Task<OrleansHarness> StartAsync(short silos, ActorOptions? options = null)
    {
        var server = await PostgresServer.Shared;
        var harness = new OrleansHarness(await server.CreateDatabaseAsync(), silos, options ?? new ActorOptions());
        await harness.MigrateAsync();
        harness._cluster = await harness.DeployAsync(silos);
        return harness;
    }

    public override string Bytes(string hex) => $@"'\x{hex}'";

    public override async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
#pragma warning disable CA2100 // The tests' own statements.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    /// <summary>A cluster that knows nothing of the first one's membership: both believe that every actor is theirs.</summary>
    public override IDriftEngine StartSecondEngine() => EngineOf(Task.Run(() => DeployAsync(1)).GetAwaiter().GetResult());

    // Nothing of the old silos is called again: what they held in memory is lost, as by kill -9.
    public override void Crash() => _cluster = Task.Run(() => DeployAsync(_silos)).GetAwaiter().GetResult();

    public override async Task CollectAsync() => await _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    // Killed and not stopped: that takes long, and nobody asks for what they would write.
    public override async ValueTask DisposeAsync()
    {
        OnAppend = null;
        foreach (var cluster in _clusters)
        {
            await cluster.KillClientAsync();
            await Task.WhenAll(cluster.Silos.Select(cluster.KillSiloAsync));
            await cluster.DisposeAsync();
        }

        _panes.Dispose();
    }

    /// <summary>The engine of one silo after the other: a call may come in anywhere.</summary>
    private IDriftEngine EngineOf(InProcessTestCluster cluster)
    {
        var silos = cluster.Silos;
        return cluster.GetSiloServiceProvider(silos[_next++ % silos.Count].SiloAddress).GetRequiredService<IDriftEngine>();
    }

    private async Task MigrateAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddDriftPostgres(_database).AddClusterTables();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IMigrator>().MigrateAsync();
    }

    private async Task<InProcessTestCluster> DeployAsync(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos) { Options = { ConfigureFileLogging = false, InitializeClientOnDeploy = true } };
        builder.ConfigureSilo((_, silo) => Configure(silo));
        var cluster = builder.Build();
        _clusters.Add(cluster);
        await cluster.DeployAsync();
        return cluster;
    }

    private void Configure(ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddDriftPostgres(_database);
        services.Configure<PaneShelfOptions>(shelf => (shelf.Folder, shelf.MinFreeBytes) = (_panes.Path, 0));
        var shelf = services.Single(s => s.ServiceType == typeof(IPaneShelf)).ImplementationType!;
        services.AddSingleton(shelf);
        services.Replace(ServiceDescriptor.Singleton<IPaneShelf>(p => new TouchyShelf(this, (IPaneShelf)p.GetRequiredService(shelf))));
        var journal = services.Single(s => s.ServiceType == typeof(IJournal)).ImplementationType!;
        services.AddSingleton(journal);
        services.Replace(ServiceDescriptor.Singleton<IJournal>(p => new TouchyJournal(this, (IJournal)p.GetRequiredService(journal))));
        var gpus = services.Single(s => s.ServiceType == typeof(IGpuStore)).ImplementationType!;
        services.AddSingleton(gpus);
        services.Replace(ServiceDescriptor.Singleton<IGpuStore>(p => new TouchyGpuStore(this, (IGpuStore)p.GetRequiredService(gpus))));
        services.AddSingleton<TimeProvider>(Clock);
        services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        services.AddSingleton(Options.Create(_options));
        services.AddSingleton(Options.Create(new ModelInstrumentsOptions()));
        services.AddSingleton<ModelInstruments>();
        services.AddSingleton(Options.Create(new GpuActorOptions()));
        services.AddSingleton<GpuInstruments>();
        services.AddSingleton(Options.Create(new AdapterActorOptions()));
        services.AddSingleton<AdapterInstruments>();
        services.AddSingleton<IAlertRouter, OneDestination>();
        services.AddSingleton<ITriggerRouter, OneTrainer>();
        services.AddSingleton<TriggerInstruments>();
        services.AddSingleton(Options.Create(new TrainingOptions()));
        services.AddSingleton<TrainingInstruments>();
        services.AddDriftGrains();
        var actor = services.Single(s => s.ServiceType == typeof(ModelActorServices)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton(p =>
        {
            var real = (ModelActorServices)actor(p);
            return real with { States = new TouchyStates(this, real.States) };
        }));
        var trigger = services.Single(s => s.ServiceType == typeof(TriggerActorServices)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton(p =>
        {
            var real = (TriggerActorServices)trigger(p);
            return real with { States = new TouchyStates(this, real.States) };
        }));
        var training = services.Single(s => s.ServiceType == typeof(TrainingActorServices)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton(p =>
        {
            var real = (TrainingActorServices)training(p);
            return real with { States = new TouchyStates(this, real.States) };
        }));
        var adapters = services.Single(s => s.ServiceType == typeof(AdapterActorServices)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton(p =>
        {
            var real = (AdapterActorServices)adapters(p);
            return real with { States = new TouchyStates(this, real.States) };
        }));
        silo.AddAdoNetGrainStorage(GrainServices.StorageName, options => options.Configure<NpgsqlDataSource>((storage, source) =>
        {
            storage.Invariant = "Npgsql";
            storage.DataSource = source;
            storage.GrainStorageSerializer = GrainServices.SnapshotSerializer;
        }));
        silo.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
    }
}
