namespace Drift.Telemetry.Exposition;

/// <summary>
/// A family whose instruments are asked in each scrape. It holds no series: what is reported is written and forgotten, so a series that no
/// callback reports any more is gone.
/// </summary>
internal sealed class ObservedFamily(string name, string unit, string? help, MetricKind kind, int maxSeries)
    : MetricFamily(name, unit, help, kind, maxSeries), IDisposable
{
    // Callbacks mostly report the same series in the same order, scrape after scrape.
    private int[] _order = [];

    /// <summary>Asks its instruments, and writes header and samples, the series sorted by their labels; nothing at all when there are none.</summary>
    /// <param name="writer">Takes the text.</param>
    /// <param name="openMetrics">The format.</param>
    /// <param name="series">What is reported is held there meanwhile; what it held before is gone.</param>
    /// <remarks>Called under the registry's scrape lock.</remarks>
    public void Write(ref ExpositionWriter writer, bool openMetrics, ObservedSeries series)
    {
        series.Clear();
        foreach (var binding in Bindings)
            ((ObservedBinding)binding).Collect(series);
        if (series.Count == 0)
            return;

        WriteHeader(ref writer, openMetrics);
        foreach (var one in series.Sort(ref _order))
        {
            WriteName(ref writer, ""u8, series.Labels(one));
            var value = series.Value(one);
            if (value == 0)
                writer.Write(0);
            else
                writer.Write(value);
            writer.Write("\n"u8);
        }
    }

    /// <summary>Its instruments are asked no more.</summary>
    public void Dispose()
    {
        foreach (var binding in Bindings)
            ((ObservedBinding)binding).Dispose();
    }
}
