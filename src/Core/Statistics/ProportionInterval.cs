namespace Drift.Core.Statistics;

/// <summary>A confidence interval of a proportion.</summary>
/// <param name="Lower">Lower end, in [0, 1].</param>
/// <param name="Upper">Upper end, in [0, 1].</param>
public readonly record struct ProportionInterval(double Lower, double Upper);
