using System.Globalization;

namespace Drift.Api.Rows;

/// <summary>
/// Event times as rows write them, to UTC ticks between 1 and the end of year 9999. Tick 0 means "no time" in a batch, so the first
/// moment of year 1 becomes the tick after it.
/// </summary>
internal static class EventTime
{
    /// <summary>What a message says is right.</summary>
    public const string Expected =
        "an RFC 3339 time with its offset such as \"2026-11-20T12:00:00Z\", or Unix time as a number of seconds or (from 1e11 on) milliseconds";

    /// <summary>
    /// Parses an RFC 3339 date-time. Digits of the fraction beyond 100 ns are dropped; second 60 is the moment after second 59.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' ||
            text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day) ||
            !Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute) || !Digits(text[17..19], out var second))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
            return false;

        var rest = text[19..];
        var fraction = 0L;
        if (rest[0] == '.')
        {
            rest = rest[1..];
            var count = 0;
            var unit = TimeSpan.TicksPerSecond;
            while (count < rest.Length && rest[count] is >= (byte)'0' and <= (byte)'9')
            {
                unit /= 10;
                fraction += (rest[count++] - '0') * unit;
            }

            if (count == 0)
                return false;
            rest = rest[count..];
        }

        if (!TryReadOffset(rest, out var offsetMinutes))
            return false;
        ticks = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks +
            (second * TimeSpan.TicksPerSecond) + fraction - (offsetMinutes * TimeSpan.TicksPerMinute);
        return TryKeep(ref ticks);
    }

    /// <summary>Takes a number as Unix time: milliseconds when its magnitude is at least 1e11 (in seconds, year 5138), else seconds.</summary>
    public static bool TryParseUnix(ReadOnlySpan<byte> number, out long ticks)
    {
        ticks = 0;
        if (!decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || Math.Abs(value) >= 1e15m)
            return false;
        var unit = Math.Abs(value) >= 1e11m ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerSecond;
        ticks = (long)decimal.Round(value * unit) + DateTime.UnixEpoch.Ticks;
        return TryKeep(ref ticks);
    }

    private static bool TryKeep(ref long ticks)
    {
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            return false;
        ticks = Math.Max(1, ticks);
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return text[0] is (byte)'Z' or (byte)'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':' ||
            !Digits(text[1..3], out var hours) || !Digits(text[4..6], out var rest) || hours > 23 || rest > 59)
            return false;
        minutes = (60 * hours) + rest;
        if (text[0] == '-')
            minutes = -minutes;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var character in text)
        {
            if (character is < (byte)'0' or > (byte)'9')
                return false;
            value = (10 * value) + character - '0';
        }

        return true;
    }
}
