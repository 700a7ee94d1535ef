namespace Drift.Support.Tests;

public sealed class FakeClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeClock _clock = new(Start);

    [Fact]
    public void The_clock_stands_still_until_it_is_moved()
    {
        Assert.Equal(Start, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(Start.AddMinutes(3), _clock.GetUtcNow());
    }

    [Fact]
    public void Timestamps_measure_the_time_that_the_clock_was_moved()
    {
        var before = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(1.5), _clock.GetElapsedTime(before));
    }

    [Fact]
    public void Setting_the_time_back_moves_the_wall_clock_but_no_timestamp_and_no_timer()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        var before = _clock.GetTimestamp();

        _clock.SetUtcNow(Start.AddHours(-1));
        Assert.Equal(Start.AddHours(-1), _clock.GetUtcNow());
        Assert.Equal(before, _clock.GetTimestamp());

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_one_shot_timer_fires_once_when_it_is_due()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, fired);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
        _clock.SetUtcNow(Start.AddDays(1));
        Assert.Equal(1, fired);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void A_periodic_timer_fires_once_for_every_period_and_sees_its_own_due_time()
    {
        var seen = new List<TimeSpan>();
        using var timer = _clock.CreateTimer(_ => seen.Add(_clock.GetUtcNow() - Start), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)], seen);
        Assert.Equal(Start.AddSeconds(6), _clock.GetUtcNow());
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due()
    {
        var order = new List<string>();
        using var late = _clock.CreateTimer(_ => order.Add("late"), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using var early = _clock.CreateTimer(_ => order.Add("early"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["early", "late"], order);
    }

    [Fact]
    public void A_timer_due_at_once_fires_without_the_clock_moving()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_disposed_timer_neither_fires_nor_takes_a_change()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void A_timer_may_change_itself_while_it_fires()
    {
        var fired = 0;
        ITimer? timer = null;
        timer = _clock.CreateTimer(Again, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(3, fired);

        void Again(object? state)
        {
            fired++;
            timer!.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    [Fact]
    public void Moves_from_several_threads_add_up()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        Parallel.For(0, 100, _ => _clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(Start.AddSeconds(100), _clock.GetUtcNow());
        Assert.Equal(100, fired);
    }

    [Fact]
    public async Task A_delay_on_the_clock_ends_when_the_clock_has_moved_that_far()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _clock);
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromHours(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
