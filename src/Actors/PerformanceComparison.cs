using Drift.Core.Performance;
using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>Performance on the reference and in a window.</summary>
public sealed record PerformanceComparison
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The window.</summary>
    public string Window { get; init; } = "";

    /// <summary>The task.</summary>
    public ModelTask Task { get; init; }

    /// <summary>On the reference; null while learning.</summary>
    public PerformanceReport? Reference { get; init; }

    /// <summary>In the window; null while learning.</summary>
    public PerformanceReport? Current { get; init; }
}
