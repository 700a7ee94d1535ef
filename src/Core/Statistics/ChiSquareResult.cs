namespace Drift.Core.Statistics;

/// <summary>The outcome of a χ² test.</summary>
/// <param name="Statistic">Σ (observed−expected)²/expected, at least 0.</param>
/// <param name="PValue">Probability of a statistic at least this large without drift, in [0, 1].</param>
/// <param name="DegreesOfFreedom">Bins that were compared, less one; 0 where there was nothing to compare.</param>
public readonly record struct ChiSquareResult(double Statistic, double PValue, int DegreesOfFreedom);
