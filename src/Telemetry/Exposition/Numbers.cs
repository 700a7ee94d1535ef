using System.Globalization;

namespace Drift.Telemetry.Exposition;

/// <summary>Formats finite numbers so that they read back as the same value.</summary>
internal static class Numbers
{
    /// <summary>Writes the shortest text that reads back as the value; returns its length.</summary>
    public static int Format(double value, Span<byte> destination)
    {
        value.TryFormat(destination, out var written, "R", CultureInfo.InvariantCulture);
        return written;
    }

    /// <summary>A bucket's bound: "1" in Prometheus text, "1.0" in OpenMetrics, which wants floats in its <c>le</c>.</summary>
    public static string FormatBound(double bound, bool openMetrics)
    {
        var text = bound.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return openMetrics && !text.AsSpan().ContainsAny('.', 'e') ? text + ".0" : text;
    }
}
