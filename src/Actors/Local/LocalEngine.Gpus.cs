using System.Collections.Concurrent;
using Drift.Actors.Gpus;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Local;

public sealed partial class LocalEngine
{
    private readonly ConcurrentDictionary<string, ActorCell<GpuActor>> _gpus = new(StringComparer.Ordinal);
    private readonly GpuActorServices _gpuServices;
    private readonly ActorCell<GpuCatalogActor> _gpuCatalog;

    /// <inheritdoc/>
    public IGpuActor Gpu(string node) => new LocalGpu(this, node);

    /// <inheritdoc/>
    public IGpuCatalogActor GpuCatalog() => new LocalGpuCatalog(_gpuCatalog);

    internal async Task<T> CallGpuAsync<T>(string node, Func<GpuActor, Task<T>> call)
    {
        while (true)
        {
            var cell = _gpus.GetOrAdd(
                node,
                static (node, engine) => new ActorCell<GpuActor>(ActorKey.Gpu(node), () => new GpuActor(node, engine._gpuServices), engine._clock),
                this);
            try
            {
                return await cell.CallAsync(call).ConfigureAwait(false);
            }
            catch (CellRetiredException)
            {
                _gpus.TryRemove(KeyValuePair.Create(node, cell));
            }
        }
    }

    private async Task SweepGpusAsync()
    {
        foreach (var (node, cell) in _gpus)
        {
            try
            {
                if (await cell.PassivateAsync(_idle).ConfigureAwait(false))
                    _gpus.TryRemove(KeyValuePair.Create(node, cell));
            }
            catch (Exception e)
            {
                LogGpuPassivationFailed(node, e);
            }
        }
    }

    private async Task StopGpusAsync()
    {
        foreach (var cell in _gpus.Values)
            await cell.StopAsync().ConfigureAwait(false);
        await _gpuCatalog.StopAsync().ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 2202, EventName = "GpuPassivationFailed", Level = LogLevel.Warning, Message = "GPU node {Node}: it could not leave memory cleanly; the samples of its last seconds may be lost.")]
    private partial void LogGpuPassivationFailed(string node, Exception exception);
}
