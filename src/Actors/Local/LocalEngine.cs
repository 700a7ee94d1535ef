using System.Collections.Concurrent;
using Drift.Actors.Catalog;
using Drift.Actors.Gpus;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Local;

/// <summary>
/// Hosts the actors in this process: each has its own exclusive scheduler, so its turns never run at the same time but may
/// interleave at an <c>await</c>, as in Orleans' reentrant grains. Actors without calls leave memory and come back from the store.
/// </summary>
public sealed partial class LocalEngine : IDriftEngine, IAsyncDisposable
{
    // Each that leaves may have a snapshot to write: together they share commits.
    private const int LeavingAtOnce = 16;

    private readonly ConcurrentDictionary<ModelId, ActorCell<ModelActor>> _models = new();
    private readonly ConcurrentDictionary<string, ActorCell<CatalogActor>> _catalogs = new(StringComparer.Ordinal);
    private readonly Func<IDriftEngine, ModelActorServices> _services;
    private readonly IModelDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _idle;
    private readonly ILogger<LocalEngine> _logger;
    private readonly ITimer _sweeper;
    private Task _sweep = Task.CompletedTask;
    private ModelActorServices? _shared;

    /// <summary>
    /// Creates an engine; <paramref name="services"/> gives the model actors what they need, <paramref name="gpus"/> those of GPU nodes, and
    /// so on.
    /// </summary>
    public LocalEngine(
        Func<IDriftEngine, ModelActorServices> services,
        IModelDirectory directory,
        GpuActorServices gpus,
        Func<IDriftEngine, TriggerActorServices> triggers,
        Func<IDriftEngine, TrainingActorServices> training,
        TimeProvider clock,
        IOptions<ActorOptions> options,
        ILogger<LocalEngine> logger)
    {
        _services = services;
        _directory = directory;
        _clock = clock;
        _idle = options.Value.IdleTimeout;
        _logger = logger;
        _gpuServices = gpus;
        _triggers = TriggerCells(triggers);
        _training = TrainingCells(training);
        _gpuCatalog = new ActorCell<GpuCatalogActor>(ActorKey.GpuCatalog, () => new GpuCatalogActor(gpus.Store), clock);
        var period = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond / 10, _idle.Ticks / 10));
        _sweeper = clock.CreateTimer(
            _ =>
            {
                // With very many models one sweep may take longer than the period.
                if (_sweep.IsCompleted)
                    _sweep = SweepAsync();
            },
            null,
            period,
            period);
    }

    /// <summary>Model actors in memory, or on their way in or out.</summary>
    public int ActiveModels => _models.Count;

    /// <inheritdoc/>
    public IModelActor Model(ModelId id) => new LocalModel(this, id);

    /// <inheritdoc/>
    public ICatalogActor Catalog(string tenant) => new LocalCatalog(this, tenant);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sweeper.DisposeAsync().ConfigureAwait(false);
        foreach (var cell in _models.Values)
            await cell.StopAsync().ConfigureAwait(false);
        foreach (var cell in _catalogs.Values)
            await cell.StopAsync().ConfigureAwait(false);
        await StopGpusAsync().ConfigureAwait(false);
        await StopTrainingAsync().ConfigureAwait(false);
    }

    /// <summary>Lets the actors go that nobody called for the idle time.</summary>
    public async Task SweepAsync()
    {
        await SweepModelsAsync().ConfigureAwait(false);
        await SweepGpusAsync().ConfigureAwait(false);
        await SweepTrainingAsync().ConfigureAwait(false);
    }

    private Task SweepModelsAsync() => Parallel.ForEachAsync(
        _models.Where(m => m.Value.LooksIdle(_idle)),
        new ParallelOptions { MaxDegreeOfParallelism = LeavingAtOnce },
        async (model, _) =>
        {
            var (id, cell) = model;
            try
            {
                if (!await cell.PassivateAsync(_idle).ConfigureAwait(false))
                    return;
                _models.TryRemove(model);
                LogPassivated(id);
            }
            catch (Exception e)
            {
                LogPassivationFailed(id, e);
            }
        });

    internal async Task<T> CallModelAsync<T>(ModelId id, Func<ModelActor, Task<T>> call)
    {
        while (true)
        {
            var cell = ModelCell(id);
            try
            {
                return await cell.CallAsync(call).ConfigureAwait(false);
            }
            catch (CellRetiredException)
            {
                _models.TryRemove(KeyValuePair.Create(id, cell));
            }
        }
    }

    private ActorCell<ModelActor> ModelCell(ModelId id) => _models.GetOrAdd(
        id,
        static (id, engine) => new ActorCell<ModelActor>(
            ActorKey.Model(id), () => new ModelActor(id, engine._shared ??= engine._services(engine)), engine._clock),
        this);

    internal ActorCell<CatalogActor> CatalogCell(string tenant) => _catalogs.GetOrAdd(
        tenant,
        static (tenant, engine) => new ActorCell<CatalogActor>(ActorKey.Catalog(tenant), () => new CatalogActor(tenant, engine._directory), engine._clock),
        this);

    [LoggerMessage(EventId = 2100, EventName = "Passivated", Level = LogLevel.Debug, Message = "Model {Model}: no call for the idle time, it left memory.")]
    private partial void LogPassivated(ModelId model);

    [LoggerMessage(EventId = 2101, EventName = "PassivationFailed", Level = LogLevel.Warning, Message = "Model {Model}: it could not leave memory cleanly; nothing is lost, its journal has what it knew.")]
    private partial void LogPassivationFailed(ModelId model, Exception exception);
}
