namespace Drift.Core.Adapters;

/// <summary>What follows for a canary from its comparison with the champion.</summary>
/// <param name="Margin">By how much of accuracy a canary may be worse and still count as not worse.</param>
/// <param name="RollbackMargin">By how much it must be worse to count as worse.</param>
/// <param name="MinSamples">Rows with labels that both must have before anything follows.</param>
public readonly record struct CanaryRule(double Margin, double RollbackMargin, long MinSamples)
{
    /// <summary>
    /// What the bounds of the difference say. Of a canary that is worse, but not by the margin, both could be said: then it is
    /// <see cref="CanaryVerdict.Worse"/>, because there is nothing to win with it.
    /// </summary>
    public CanaryVerdict Judge(CanaryArm canary, CanaryArm champion, CanaryInterval difference) =>
        Math.Min(canary.Samples, champion.Samples) < MinSamples ? CanaryVerdict.Undecided
        : difference.Upper < -RollbackMargin ? CanaryVerdict.Worse
        : difference.Lower > 0 ? CanaryVerdict.Better
        : difference.Lower > -Margin ? CanaryVerdict.NotWorse
        : CanaryVerdict.Undecided;
}
