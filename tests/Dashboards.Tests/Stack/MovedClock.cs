using Drift.Support;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>The time of day and the timers of a clock that is moved, while durations are measured as they are.</summary>
internal sealed class MovedClock(FakeClock clock) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
