using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Drift.Telemetry.Exposition;
using Microsoft.Extensions.Logging;

namespace Drift.Telemetry.Tests.Exposition;

/// <summary>A meter of its own name and a registry that listens to it alone, so that tests do not see each other.</summary>
internal sealed class MeteredRegistry : IDisposable
{
    private static int _count;

    public MeteredRegistry(
        int maxSeries = 20_000, ILogger<MetricRegistry>? logger = null, IEnumerable<KeyValuePair<string, object?>>? meterTags = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"Drift.Tests.{Interlocked.Increment(ref _count)}");
        Meter = new Meter(name, version: null, meterTags);
        Registry = new MetricRegistry(new MetricRegistryOptions { Meters = [name], MaxSeriesPerInstrument = maxSeries }, logger);
    }

    public Meter Meter { get; }

    public MetricRegistry Registry { get; }

    public string Text() => Scrape(ExpositionFormat.PrometheusText);

    public string OpenMetrics() => Scrape(ExpositionFormat.OpenMetrics);

    /// <summary>The samples alone, without comments.</summary>
    public string[] Samples() => [.. Text().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')];

    public void Dispose()
    {
        Registry.Dispose();
        Meter.Dispose();
    }

    private string Scrape(ExpositionFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Registry.Write(buffer, format);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
