namespace Drift.Core.Detection;

/// <summary>placeholder.</summary>
public static class Thresholds
{
    /// <summary>Names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["psi", "kl", "js", "hellinger", "wasserstein", "l_infinity"];
}
