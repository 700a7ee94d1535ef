namespace Drift.Core.Statistics;

/// <summary>The outcome of a two-sample Kolmogorov–Smirnov test.</summary>
/// <param name="Statistic">max |F−G|, in [0, 1].</param>
/// <param name="PValue">Probability of a statistic at least this large without drift, in [0, 1].</param>
public readonly record struct KolmogorovSmirnovResult(double Statistic, double PValue);
