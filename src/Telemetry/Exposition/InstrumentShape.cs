using System.Diagnostics.Metrics;
using System.Numerics;

namespace Drift.Telemetry.Exposition;

/// <summary>How the measurements of an instrument are kept.</summary>
/// <param name="Kind">The Prometheus type.</param>
/// <param name="IsAdditive">True when measurements are added up, false when the last one stands. Says nothing for a histogram.</param>
/// <param name="IsObservable">True when a callback reports totals at each scrape.</param>
internal readonly record struct InstrumentShape(MetricKind Kind, bool IsAdditive, bool IsObservable)
{
    // The buckets OpenTelemetry recommends, for seconds and for everything else.
    private static readonly double[] SecondsBounds =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly double[] GenericBounds =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    /// <summary>The shape of one of the BCL's instruments; null for a class of someone else's.</summary>
    public static InstrumentShape? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
            return null;

        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Counter<>))
            return new InstrumentShape(MetricKind.Counter, IsAdditive: true, IsObservable: false);
        if (definition == typeof(UpDownCounter<>))
            return new InstrumentShape(MetricKind.Gauge, IsAdditive: true, IsObservable: false);
        if (definition == typeof(Gauge<>))
            return new InstrumentShape(MetricKind.Gauge, IsAdditive: false, IsObservable: false);
        if (definition == typeof(Histogram<>))
            return new InstrumentShape(MetricKind.Histogram, IsAdditive: true, IsObservable: false);
        if (definition == typeof(ObservableCounter<>))
            return new InstrumentShape(MetricKind.Counter, IsAdditive: true, IsObservable: true);
        if (definition == typeof(ObservableUpDownCounter<>))
            return new InstrumentShape(MetricKind.Gauge, IsAdditive: true, IsObservable: true);
        if (definition == typeof(ObservableGauge<>))
            return new InstrumentShape(MetricKind.Gauge, IsAdditive: false, IsObservable: true);
        return null;
    }

    /// <summary>The finite bounds of a histogram's buckets: those of its advice, else a default for its unit.</summary>
    public static double[] BoundsOf(Instrument instrument, string familyName)
    {
        var advised = instrument switch
        {
            Histogram<double> histogram => Advised(histogram),
            Histogram<long> histogram => Advised(histogram),
            Histogram<int> histogram => Advised(histogram),
            Histogram<float> histogram => Advised(histogram),
            Histogram<decimal> histogram => Advised(histogram),
            Histogram<short> histogram => Advised(histogram),
            Histogram<byte> histogram => Advised(histogram),
            _ => null,
        };
        if (advised is not null)
            return advised;
        return instrument.Unit == "s" || familyName.EndsWith("_seconds", StringComparison.Ordinal) ? SecondsBounds : GenericBounds;
    }

    /// <summary>The advice's bounds; infinity is left out, since the last bucket is always there.</summary>
    private static double[]? Advised<T>(Histogram<T> histogram) where T : struct, INumber<T> =>
        histogram.Advice?.HistogramBucketBoundaries is { } bounds
            ? [.. bounds.Select(double.CreateChecked).Where(double.IsFinite)]
            : null;
}
