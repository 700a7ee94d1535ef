using System.Globalization;

namespace Drift.Dashboards.Tests.Drawing;

/// <summary>From values to pixels, with ticks at round values.</summary>
internal sealed class Scale
{
    private readonly double _from;
    private readonly double _to;
    private readonly double _start;
    private readonly double _end;

    private Scale(double from, double to, double start, double end, IReadOnlyList<double> ticks) =>
        (_from, _to, _start, _end, Ticks) = (from, to, start, end, ticks);

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>A scale of values; its ends are ticks.</summary>
    public static Scale OfValues(double min, double max, double start, double end)
    {
        if (max - min < 1e-9)
            (min, max) = max > 0 ? (0, max) : (min, min + 1);
        var raw = (max - min) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = new[] { 1, 2, 2.5, 5, 10 }.First(m => m * power >= raw) * power;
        var (from, to) = (Math.Floor((min / step) + 1e-9) * step, Math.Ceiling((max / step) - 1e-9) * step);
        return new Scale(from, to, start, end, [.. Enumerable.Range(0, (int)Math.Round((to - from) / step) + 1).Select(i => Math.Round(from + (i * step), 12))]);
    }

    /// <summary>A scale of times, milliseconds since 1970.</summary>
    public static Scale OfTimes(double from, double to, double start, double end, int ticks)
    {
        double[] steps = [60e3, 300e3, 600e3, 1800e3, 3600e3, 7200e3, 10800e3, 21600e3, 43200e3, 86400e3, 172800e3, 432000e3];
        var step = steps.FirstOrDefault(s => (to - from) / s <= ticks, steps[^1]);
        var first = Math.Ceiling(from / step) * step;
        return new Scale(from, to, start, end, [.. Enumerable.Range(0, (int)((to - first) / step) + 1).Select(i => first + (i * step))]);
    }

    public double At(double value) => _start + ((Math.Clamp(value, Math.Min(_from, _to), Math.Max(_from, _to)) - _from) / (_to - _from) * (_end - _start));

    public string Time(double at) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)at).UtcDateTime.ToString(_to - _from > 36 * 3600e3 ? "MM-dd" : "HH:mm", CultureInfo.InvariantCulture);
}
