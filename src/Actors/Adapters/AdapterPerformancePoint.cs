namespace Drift.Actors.Adapters;

/// <summary>One figure of a LoRA version at one time.</summary>
public sealed record AdapterPerformancePoint
{
    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>What it measures: <c>accuracy</c>, <c>rows</c>, <c>canary_difference</c> …; of <c>a–z 0–9 _</c>, at most 64.</summary>
    public string MetricName { get; init; } = "";

    /// <summary>The figure.</summary>
    public double MetricValue { get; init; }

    /// <summary>Rows behind it.</summary>
    public long SampleCount { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>What else there is to say.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
