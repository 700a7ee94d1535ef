namespace Drift.Actors.Instruments;

/// <summary>Limits of the models' metrics.</summary>
public sealed class ModelInstrumentsOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Metrics";

    /// <summary>Columns per model that have series of their own, worst first; the rest is counted in <c>drift_feature_series_left_out</c>.</summary>
    /// <value>100; 0 to 10 000.</value>
    public int MaxFeatureSeries { get; set; } = 100;

    /// <summary>The most series of one instrument; models share them, so that of many models fewer columns each have series.</summary>
    /// <value>20 000; 1 or more.</value>
    /// <remarks>The exporter keeps to the same key: it drops what is above.</remarks>
    public int MaxSeriesPerInstrument { get; set; } = 20_000;

    /// <summary>Adapters per model that have series of their own on a node, in order of appearance; further ones are called <c>(other)</c>.</summary>
    /// <value>20; 0 to 1 000.</value>
    public int MaxAdapterSeries { get; set; } = 20;
}
