using Drift.Core.Detection;

namespace Drift.Actors.Adapters;

/// <summary>One of the compared versions.</summary>
/// <param name="Adapter">The version: training, state, canary.</param>
/// <param name="Performance">Its latest point of each metric, by metric.</param>
public sealed record ComparedAdapter(AdapterDescription Adapter, IReadOnlyList<AdapterPerformancePoint> Performance)
{
    /// <summary>
    /// What its monitored model says of its rows of the last 24 hours: drift of the prediction (and of no other column), accuracy, latency, tokens and
    /// cache. Null when the version names no model, the model counted no row of it, or cannot be asked.
    /// </summary>
    public Verdict? Verdict { get; init; }
}
