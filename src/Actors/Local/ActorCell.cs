namespace Drift.Actors.Local;

/// <summary>
/// Holds one actor: activates it with its first call, runs its turns one at a time on a scheduler of its own, and lets it go when
/// it was idle. A call that comes while the actor leaves waits and wakes a new one. A cell that stayed empty for the idle time is
/// retired: its engine drops it, and a call that still reaches it is told to ask for a new one.
/// </summary>
internal sealed class ActorCell<TActor> : IActorContext
    where TActor : class, IActor
{
    private readonly Func<TActor> _create;
    private readonly TimeProvider _clock;
    private readonly TaskFactory _turns = new(
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);

    private readonly CancellationTokenSource _stopping = new();

    // All below is only touched in turns; the last call's time is also read from outside.
    private Task<TActor>? _active;
    private Task _leaving = Task.CompletedTask;
    private ITimer? _timer;
    private int _calls;
    private long _lastCall;
    private bool _retired;

    public ActorCell(string key, Func<TActor> create, TimeProvider clock)
    {
        Key = key;
        _create = create;
        _clock = clock;
        _lastCall = clock.GetTimestamp();
    }

    public string Key { get; }

    public Task<T> CallAsync<T>(Func<TActor, Task<T>> call) => _turns.StartNew(
        async () =>
        {
            if (_retired)
                throw new CellRetiredException();
            _calls++;
            try
            {
                return await call(await GetAsync());
            }
            finally
            {
                _calls--;
                Volatile.Write(ref _lastCall, _clock.GetTimestamp());
            }
        }).Unwrap();

    public Task CallAsync(Func<TActor, Task> call) => CallAsync(async actor =>
    {
        await call(actor);
        return true;
    });

    public void SetTimer(TimeSpan due, Func<CancellationToken, Task> tick)
    {
        _timer?.Dispose();
        var active = _active;
        _timer = _clock.CreateTimer(
            _ => _turns.StartNew(
                async () =>
                {
                    // The actor that set the timer may have left since.
                    if (active is null || ReferenceEquals(active, _active))
                        await tick(_stopping.Token);
                }),
            null,
            due,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether nobody seems to have called it for so long: a look from outside its turns, at next to no cost.</summary>
    public bool LooksIdle(TimeSpan idle) => _clock.GetElapsedTime(Volatile.Read(ref _lastCall)) >= idle;

    /// <summary>Lets the actor go when nobody called it for so long; true when the cell is retired, for its engine to drop.</summary>
    public Task<bool> PassivateAsync(TimeSpan idle) => _turns.StartNew(
        async () =>
        {
            if (_calls > 0 || _clock.GetElapsedTime(_lastCall) < idle)
                return false;
            if (_active is not null)
                await LeaveAsync();
            // A call may have come while the actor left; and one that leaves since an earlier sweep must be gone before another may wake elsewhere.
            return _retired = _active is null && _calls == 0 && _leaving.IsCompleted;
        }).Unwrap();

    /// <summary>Ends the actor for good: pending ticks stop, what is not written is written.</summary>
    public Task StopAsync() => _turns.StartNew(
        async () =>
        {
            await _stopping.CancelAsync();
            if (_active is not null)
                await LeaveAsync();
        }).Unwrap();

    private async Task<TActor> GetAsync()
    {
        while (!_leaving.IsCompleted)
            await _leaving;
        if (_active is null)
        {
            _active = WakeAsync();
            _ = _active;
        }

        var waking = _active;
        try
        {
            return await waking;
        }
        catch
        {
            // A failed activation (the database is away) is tried again with the next call.
            if (ReferenceEquals(_active, waking))
                _active = null;
            throw;
        }
    }

    private async Task<TActor> WakeAsync()
    {
        var actor = _create();
        await actor.ActivateAsync(this, _stopping.Token);
        return actor;
    }

    private async Task LeaveAsync()
    {
        var leaving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var active = _active!;
        _active = null;
        _leaving = leaving.Task;
        _timer?.Dispose();
        _timer = null;
        try
        {
            var actor = await active;
            await actor.DeactivateAsync(CancellationToken.None);
            (actor as IDisposable)?.Dispose();
        }
        finally
        {
            leaving.SetResult();
        }
    }
}

/// <summary>The call reached a cell that its engine has dropped, or is about to; nothing was done.</summary>
internal sealed class CellRetiredException : Exception;
