namespace Drift.Core.Adapters;

/// <summary>What was counted of one of two versions that are compared.</summary>
/// <param name="Samples">Rows with a label, not negative.</param>
/// <param name="Correct">Those of them that were predicted right, 0 to <paramref name="Samples"/>.</param>
public readonly record struct CanaryArm(long Samples, long Correct)
{
    /// <summary>Share of right predictions; null without samples.</summary>
    public double? Accuracy => Samples == 0 ? null : (double)Correct / Samples;
}
