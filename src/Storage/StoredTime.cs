namespace Drift.Storage;

/// <summary>
/// Times as both databases keep them: UTC, whole microseconds, rounded down, so that a time never moves into a later minute and what
/// is compared with a stored time is rounded the same way.
/// </summary>
internal static class StoredTime
{
    private static readonly long EpochMicroseconds = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;

    public static long ToMicroseconds(DateTimeOffset at) => (at.UtcTicks / TimeSpan.TicksPerMicrosecond) - EpochMicroseconds;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        new((microseconds + EpochMicroseconds) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    public static DateTime ToDateTime(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    public static DateTimeOffset FromDateTime(DateTime at) => new(at.Ticks, TimeSpan.Zero);
}
