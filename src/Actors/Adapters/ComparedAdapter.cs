namespace Drift.Actors.Adapters;

/// <summary>One of the compared versions.</summary>
/// <param name="Adapter">The version: training, state, canary.</param>
/// <param name="Performance">Its latest point of each metric, by metric.</param>
public sealed record ComparedAdapter(AdapterDescription Adapter, IReadOnlyList<AdapterPerformancePoint> Performance);
