namespace Drift.Support;

/// <summary>
/// A clock that stands still until a test moves it. Timers made from it (also by <c>Task.Delay</c>, <c>PeriodicTimer</c> and
/// <c>CancellationTokenSource</c>) fire while it moves, each at its own due time, in order, on the thread that moves it.
/// Thread-safe; no lock is held while a timer's callback runs.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _utcNow;
    private long _elapsed; // Ticks since the start; never goes back. Timers and timestamps follow it.
    private long _target; // Where _elapsed is being moved to.
    private long _order;

    /// <param name="start">The first time shown; 2026-01-01T00:00:00Z when omitted.</param>
    public FakeClock(DateTimeOffset? start = null)
        => _utcNow = (start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait to fire: what a test awaits before it moves the clock under a background loop.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _utcNow;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _elapsed;
    }

    /// <summary>Moves the clock forward and fires what becomes due. A periodic timer fires once for every period passed.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target;
        lock (_gate)
            target = _target += by.Ticks;

        FireUntil(target);
    }

    /// <summary>
    /// Sets the time of day. Forward is the same as <see cref="Advance"/>. Backward is what a corrected wall clock does: only
    /// <see cref="GetUtcNow"/> steps back, while timestamps and timers, which measure elapsed time, stay.
    /// </summary>
    public void SetUtcNow(DateTimeOffset at)
    {
        TimeSpan ahead;
        lock (_gate)
        {
            ahead = at - _utcNow;
            if (ahead < TimeSpan.Zero)
                _utcNow = at.ToUniversalTime();
        }

        if (ahead > TimeSpan.Zero)
            Advance(ahead);
    }

    /// <summary>Steps the time of day forward or back, as a wall clock that is set does: timestamps and timers, which measure elapsed time, stay.</summary>
    public void StepUtcNow(TimeSpan by)
    {
        lock (_gate)
            _utcNow += by;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void FireUntil(long target)
    {
        while (true)
        {
            FakeTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due <= target).MinBy(t => (t.Due, t.Order));
                MoveTo(next?.Due ?? target);
                if (next is null)
                    return;

                if (next.Period > 0)
                {
                    next.Due += next.Period;
                    next.Order = _order++;
                }
                else
                {
                    _timers.Remove(next);
                }
            }

            next.Callback(next.State);
        }
    }

    private void MoveTo(long elapsed)
    {
        if (elapsed <= _elapsed)
            return;

        _utcNow = _utcNow.AddTicks(elapsed - _elapsed);
        _elapsed = elapsed;
    }

    private bool Schedule(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            if (timer.Disposed)
                return false;

            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _elapsed + dueTime.Ticks;
                timer.Period = Math.Max(period.Ticks, 0);
                timer.Order = _order++;
                _timers.Add(timer);
            }
        }

        // Due at once means now, not at the next move of the clock.
        if (dueTime == TimeSpan.Zero)
            FireUntil(GetTimestamp());

        return true;
    }

    private static void Check(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
    }

    private void Remove(FakeTimer timer)
    {
        lock (_gate)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    // What can change is guarded by the clock's gate.
    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimerCallback Callback => callback;

        public object? State => state;

        public long Due { get; set; }

        public long Period { get; set; }

        public long Order { get; set; }

        public bool Disposed { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Schedule(this, dueTime, period);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
