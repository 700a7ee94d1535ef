using System.Collections.Concurrent;

namespace Drift.Actors.Local;

/// <summary>The actors of one kind: wakes them with their first call and drops those that nobody calls. Thread-safe.</summary>
internal sealed class CellSet<TKey, TActor>(Func<TKey, ActorCell<TActor>> create)
    where TKey : notnull
    where TActor : class, IActor
{
    private readonly ConcurrentDictionary<TKey, ActorCell<TActor>> _cells = new();

    public async Task<T> CallAsync<T>(TKey key, Func<TActor, Task<T>> call)
    {
        while (true)
        {
            var cell = _cells.GetOrAdd(key, create);
            try
            {
                return await cell.CallAsync(call).ConfigureAwait(false);
            }
            catch (CellRetiredException)
            {
                _cells.TryRemove(KeyValuePair.Create(key, cell));
            }
        }
    }

    public Task CallAsync(TKey key, Func<TActor, Task> call) => CallAsync(key, async actor =>
    {
        await call(actor);
        return true;
    });

    /// <summary>Lets those go that nobody called for so long; <paramref name="failed"/> is told of those that could not leave.</summary>
    public async Task SweepAsync(TimeSpan idle, Action<TKey, Exception> failed)
    {
        foreach (var (key, cell) in _cells)
        {
            if (!cell.LooksIdle(idle))
                continue;
            try
            {
                if (await cell.PassivateAsync(idle).ConfigureAwait(false))
                    _cells.TryRemove(KeyValuePair.Create(key, cell));
            }
            catch (Exception e)
            {
                failed(key, e);
            }
        }
    }

    public async Task StopAsync()
    {
        foreach (var cell in _cells.Values)
            await cell.StopAsync().ConfigureAwait(false);
    }
}
