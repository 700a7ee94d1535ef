namespace Drift.Actors;

/// <summary>Summary numbers of a numeric column on one side.</summary>
/// <param name="Count">Finite values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Their standard deviation, divisor n.</param>
/// <param name="Minimum">Their minimum.</param>
/// <param name="Maximum">Their maximum.</param>
public sealed record NumericSummary(long Count, double Mean, double StandardDeviation, double Minimum, double Maximum);
