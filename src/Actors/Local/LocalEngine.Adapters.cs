using System.Collections.Concurrent;
using Drift.Actors.Adapters;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Local;

public sealed partial class LocalEngine
{
    private readonly ConcurrentDictionary<(string Tenant, string Base), ActorCell<AdapterCatalogActor>> _adapterCatalogs = new();
    private readonly ConcurrentDictionary<(string Tenant, string Base, string Version), ActorCell<AdapterActor>> _adapters = new();
    private AdapterActorServices? _adapterServices;

    /// <summary>Gives the actors of LoRA versions what they need.</summary>
    public required Func<IDriftEngine, AdapterActorServices> AdapterServices { get; init; }

    /// <inheritdoc/>
    public IAdapterCatalogActor Adapters(string tenant, string baseModel) => new LocalAdapterCatalog(this, tenant, baseModel);

    /// <inheritdoc/>
    public IAdapterActor Adapter(string tenant, string baseModel, string version) => new LocalAdapter(this, tenant, baseModel, version);

    internal async Task<T> CallAdaptersAsync<T>(string tenant, string baseModel, Func<AdapterCatalogActor, Task<T>> call)
    {
        while (true)
        {
            var cell = _adapterCatalogs.GetOrAdd(
                (tenant, baseModel),
                static (key, engine) => new ActorCell<AdapterCatalogActor>(
                    ActorKey.Adapters(key.Tenant, key.Base), () => new AdapterCatalogActor(key.Tenant, key.Base, engine.SharedAdapterServices()), engine._clock),
                this);
            try
            {
                return await cell.CallAsync(call).ConfigureAwait(false);
            }
            catch (CellRetiredException)
            {
                _adapterCatalogs.TryRemove(KeyValuePair.Create((tenant, baseModel), cell));
            }
        }
    }

    internal async Task<T> CallAdapterAsync<T>(string tenant, string baseModel, string version, Func<AdapterActor, Task<T>> call)
    {
        while (true)
        {
            var cell = _adapters.GetOrAdd(
                (tenant, baseModel, version),
                static (key, engine) => new ActorCell<AdapterActor>(
                    ActorKey.Adapter(key.Tenant, key.Base, key.Version), () => new AdapterActor(key.Tenant, key.Base, key.Version, engine.SharedAdapterServices()), engine._clock),
                this);
            try
            {
                return await cell.CallAsync(call).ConfigureAwait(false);
            }
            catch (CellRetiredException)
            {
                _adapters.TryRemove(KeyValuePair.Create((tenant, baseModel, version), cell));
            }
        }
    }

    private AdapterActorServices SharedAdapterServices() => _adapterServices ??= AdapterServices(this);

    private async Task SweepAdaptersAsync()
    {
        await SweepAsync(_adapterCatalogs, key => $"adapters of {key.Tenant}/{key.Base}").ConfigureAwait(false);
        await SweepAsync(_adapters, key => $"adapter {key.Version} of {key.Tenant}/{key.Base}").ConfigureAwait(false);
    }

    private async Task SweepAsync<TKey, TActor>(ConcurrentDictionary<TKey, ActorCell<TActor>> cells, Func<TKey, string> name)
        where TKey : notnull
        where TActor : class, IActor
    {
        foreach (var (key, cell) in cells)
        {
            try
            {
                if (cell.LooksIdle(_idle) && await cell.PassivateAsync(_idle).ConfigureAwait(false))
                    cells.TryRemove(KeyValuePair.Create(key, cell));
            }
            catch (Exception e)
            {
                LogAdapterPassivationFailed(name(key), e);
            }
        }
    }

    private async Task StopAdaptersAsync()
    {
        foreach (var cell in _adapterCatalogs.Values)
            await cell.StopAsync().ConfigureAwait(false);
        foreach (var cell in _adapters.Values)
            await cell.StopAsync().ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 2305, EventName = "AdapterPassivationFailed", Level = LogLevel.Warning, Message = "The actor of {Actor} could not leave memory cleanly; nothing is lost, all it knew is stored.")]
    private partial void LogAdapterPassivationFailed(string actor, Exception exception);
}
