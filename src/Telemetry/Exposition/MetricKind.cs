namespace Drift.Telemetry.Exposition;

/// <summary>The type of a metric family as Prometheus knows it.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
