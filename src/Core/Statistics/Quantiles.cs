namespace Drift.Core.Statistics;

/// <summary>Quantiles.</summary>
public static class Quantiles
{
    /// <summary>Linear.</summary>
    public static double Linear(ReadOnlySpan<double> sorted, double q) => sorted[(int)(q * (sorted.Length - 1))];
}
