using System.Globalization;

namespace Drift.Dashboards.Tests.Grafana;

/// <summary>Durations as Grafana and Prometheus write them: <c>30s</c>, <c>6h</c>, <c>7d</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, long Milliseconds)[] Units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    // From what length of time per pixel on which step is taken, in milliseconds: the table of Grafana's rangeutil.roundInterval.
    private static readonly (long Below, long Step)[] Steps =
    [
        (1_500, 1_000), (3_500, 2_000), (7_500, 5_000), (12_500, 10_000), (17_500, 15_000), (25_000, 20_000), (45_000, 30_000), (90_000, 60_000),
        (210_000, 120_000), (450_000, 300_000), (750_000, 600_000), (1_050_000, 900_000), (1_500_000, 1_200_000), (2_700_000, 1_800_000),
        (5_400_000, 3_600_000), (9_000_000, 7_200_000), (16_200_000, 10_800_000), (32_400_000, 21_600_000), (86_400_000, 43_200_000), (604_800_000, 86_400_000),
    ];

    public static TimeSpan Parse(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = Units.Single(u => u.Unit == text[digits..]);
        return TimeSpan.FromMilliseconds(long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture) * unit.Milliseconds);
    }

    public static string Format(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        var (unit, length) = Units.First(u => milliseconds % u.Milliseconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length}{unit}");
    }

    /// <summary>The step between points, so that about so many fit into the range.</summary>
    public static TimeSpan Step(TimeSpan range, int points, TimeSpan atLeast)
    {
        var exact = range.TotalMilliseconds / points;
        var step = TimeSpan.FromMilliseconds(Steps.FirstOrDefault(s => exact < s.Below, (0, 604_800_000)).Step);
        return step < atLeast ? atLeast : step;
    }
}
