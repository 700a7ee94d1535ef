using System.Globalization;
using Drift.Core.Windows;

namespace Drift.Api.Ingest;

/// <summary>Which event times are taken: not farther ahead than clocks differ, not older than panes are kept.</summary>
internal readonly struct TimestampPolicy(DateTimeOffset now, TimeSpan maxFutureSkew)
{
    private readonly long _latest = (now + maxFutureSkew).UtcTicks;
    private readonly long _earliest = (now - PaneKey.DaysKept).UtcTicks;

    /// <summary>Whether a time is taken; 0 stands for none, which is always taken.</summary>
    public bool Allows(long utcTicks) => utcTicks == 0 || (utcTicks <= _latest && utcTicks >= _earliest);

    /// <summary>What is wrong with a time that is not taken and what would be right.</summary>
    public string Explain(long utcTicks) => utcTicks > _latest
        ? $"is {Text(utcTicks)}, it must not be later than {Text(_latest)} ({Seconds} s ahead of this server's clock)"
        : $"is {Text(utcTicks)}, it must not be earlier than {Text(_earliest)} ({PaneKey.DaysKept.Days} days ago)";

    private string Seconds => maxFutureSkew.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(long utcTicks) =>
        new DateTime(utcTicks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
