using Drift.Core.Codec;

namespace Drift.Core.Windows;

/// <summary>Names an aligned slice of event time.</summary>
/// <param name="Granularity">Its length.</param>
/// <param name="StartMinute">Its start in minutes since 1970-01-01 UTC, a multiple of its length; not negative.</param>
public readonly record struct PaneKey(Granularity Granularity, long StartMinute) : IComparable<PaneKey>
{
    /// <summary>Ages up to this are kept by the minute.</summary>
    public static readonly TimeSpan MinutesKept = TimeSpan.FromHours(2);

    /// <summary>Ages up to this are kept by the hour.</summary>
    public static readonly TimeSpan HoursKept = TimeSpan.FromHours(49);

    /// <summary>Ages up to this are kept by the day; older rows are refused. Enough for 30 days of rolling reference 30 days ago.</summary>
    public static readonly TimeSpan DaysKept = TimeSpan.FromDays(62);

    /// <summary>Length in minutes.</summary>
    public long Minutes => Granularity switch { Granularity.Minute => 1, Granularity.Hour => 60, _ => 1440 };

    /// <summary>Start of the slice.</summary>
    public DateTimeOffset Start => DateTimeOffset.UnixEpoch.AddMinutes(StartMinute);

    /// <summary>End of the slice, not in it.</summary>
    public DateTimeOffset End => Start.AddMinutes(Minutes);

    /// <summary>The slice that a time falls into at the granularity that its age calls for.</summary>
    public static PaneKey For(DateTimeOffset time, DateTimeOffset now)
    {
        var granularity = Granularity.Minute;
        // A slice changes granularity as a whole: by the age of its hour's or day's end, so an hour is never part minutes, part hour.
        if (now - Of(time, Granularity.Hour).End > MinutesKept)
            granularity = Granularity.Hour;
        if (now - Of(time, Granularity.Day).End > HoursKept)
            granularity = Granularity.Day;
        return Of(time, granularity);
    }

    /// <summary>The slice of that granularity that a time falls into.</summary>
    public static PaneKey Of(DateTimeOffset time, Granularity granularity)
    {
        // In whole ticks: as a double, the last tick before midnight would round into the next day.
        var length = new PaneKey(granularity, 0).Minutes;
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var slices = ticks / (length * TimeSpan.TicksPerMinute);
        if (ticks < 0 && ticks % (length * TimeSpan.TicksPerMinute) != 0)
            slices--;
        return new PaneKey(granularity, slices * length);
    }

    internal static PaneKey Read(ref ByteReader reader)
    {
        var key = new PaneKey((Granularity)reader.ReadInt((int)Granularity.Day), reader.ReadInt(int.MaxValue));
        return key.StartMinute % key.Minutes == 0
            ? key
            : throw new CodecException($"pane: {key.Granularity} {key.StartMinute} does not start at a whole {key.Granularity}.");
    }

    /// <summary>By start, then by length.</summary>
    public int CompareTo(PaneKey other) =>
        StartMinute != other.StartMinute ? StartMinute.CompareTo(other.StartMinute) : Granularity.CompareTo(other.Granularity);

    /// <summary>Starts earlier.</summary>
    public static bool operator <(PaneKey left, PaneKey right) => left.CompareTo(right) < 0;

    /// <summary>Starts later.</summary>
    public static bool operator >(PaneKey left, PaneKey right) => left.CompareTo(right) > 0;

    /// <summary>Does not start later.</summary>
    public static bool operator <=(PaneKey left, PaneKey right) => left.CompareTo(right) <= 0;

    /// <summary>Does not start earlier.</summary>
    public static bool operator >=(PaneKey left, PaneKey right) => left.CompareTo(right) >= 0;
}
