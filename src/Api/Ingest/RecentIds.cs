namespace Drift.Api.Ingest;

/// <summary>
/// Ids that were seen within a time, at most so many: the oldest are forgotten first. In this process only. Thread-safe.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="life">How long an id is remembered.</param>
/// <param name="most">How many are remembered at most.</param>
internal sealed class RecentIds(TimeProvider clock, TimeSpan life, int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset At)> _order = new();

    /// <summary>Remembers an id; false when it is remembered already.</summary>
    public bool TryAdd(string id)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && (oldest.At + life <= now || _order.Count >= most))
            {
                _order.Dequeue();
                if (_seen.TryGetValue(oldest.Id, out var at) && at == oldest.At)
                    _seen.Remove(oldest.Id);
            }

            if (!_seen.TryAdd(id, now))
                return false;
            _order.Enqueue((id, now));
            return true;
        }
    }

    /// <summary>Forgets an id whose work could not be done, so that it may come again.</summary>
    public void Forget(string id)
    {
        lock (_lock)
            _seen.Remove(id);
    }
}
