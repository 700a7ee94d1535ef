using Drift.Core.Statistics;

namespace Drift.Core.Adapters;

/// <summary>
/// Compares the accuracies of two versions with an answer that holds at every look at once: however often and whenever somebody looks,
/// and stops because of what they saw, the true difference is outside an interval with at most the probability that was asked for.
/// </summary>
/// <remarks>
/// <para>
/// For one version with accuracy p, the likelihood of its counts under a Beta(cp, c(1−p)) mixture of accuracies over their likelihood
/// under p is a martingale that starts at 1 (Robbins 1970; the beta-binomial mixture of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform,
/// nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49(2), 2021). The product of two versions' ratios is one too, in
/// whatever order their rows come. By Ville's inequality it reaches 1/α with at most probability α. A difference d is excluded when the product
/// reaches 1/α for every pair of accuracies that differ by d: their least product is what <see cref="LogEvidence(CanaryArm, CanaryArm, double)"/> gives. It depends on the
/// cumulative counts only.
/// </para>
/// <para>
/// Each log ratio is convex in p: its derivative is a sum of terms −ci/(cp(cp+i)) over the right rows and ci/(c(1−p)(c(1−p)+i)) over the
/// wrong ones, each of which grows with p. So the least product over a line is found by a search for one minimum, and what is not excluded is an
/// interval.
/// </para>
/// <para>
/// It assumes that the rows of a version are right independently of each other, with one probability for as long as the two are compared.
/// </para>
/// </remarks>
public static class CanaryTest
{
    /// <summary>c above: the rows that the mixture is worth. 200 makes the interval narrowest for some hundreds to thousands of rows per version.</summary>
    public const double PriorRows = 200;

    private const int MinimumSteps = 60;
    private const int BoundSteps = 40;
    private const double Edge = 1e-12;
    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;
    private static readonly double LogGammaOfPrior = SpecialFunctions.LogGamma(PriorRows);

    /// <summary>
    /// ln of the evidence against a difference: at any time above ln(1/α) with at most probability α while the difference is true. 0 or less
    /// without evidence.
    /// </summary>
    /// <param name="canary">The counts of the one.</param>
    /// <param name="champion">The counts of the other.</param>
    /// <param name="difference">Accuracy of the one less that of the other, −1 to 1.</param>
    public static double LogEvidence(CanaryArm canary, CanaryArm champion, double difference)
    {
        if (!(difference >= -1 && difference <= 1))
            throw new ArgumentOutOfRangeException(nameof(difference), difference, "A difference of accuracies lies in [-1, 1].");
        var (low, high) = (Math.Max(0, -difference), Math.Min(1, 1 - difference));
        var (left, right) = (high - (Golden * (high - low)), low + (Golden * (high - low)));
        var (atLeft, atRight) = (At(left), At(right));
        for (var step = 0; step < MinimumSteps && high - low > Edge; step++)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (Golden * (high - low));
                atLeft = At(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (Golden * (high - low));
                atRight = At(right);
            }
        }

        return Math.Min(atLeft, atRight);

        double At(double accuracy) => LogEvidenceOfPair(canary, champion, difference, accuracy);
    }

    /// <summary>
    /// ln of the evidence against one pair of accuracies: never less than that against their difference, so that it tells cheaply that a difference
    /// is not excluded.
    /// </summary>
    /// <param name="canary">The counts of the one.</param>
    /// <param name="champion">The counts of the other.</param>
    /// <param name="difference">Accuracy of the one less that of the other.</param>
    /// <param name="championAccuracy">Accuracy of the other; held to [0, 1], as that of the one.</param>
    public static double LogEvidenceOfPair(CanaryArm canary, CanaryArm champion, double difference, double championAccuracy)
    {
        Check(canary, nameof(canary));
        Check(champion, nameof(champion));
        return LogRatio(canary, championAccuracy + difference) + LogRatio(champion, championAccuracy);
    }

    /// <summary>The differences that are not excluded; everything without samples of both.</summary>
    /// <param name="canary">The counts of the one.</param>
    /// <param name="champion">The counts of the other.</param>
    /// <param name="alpha">Probability with which the true difference may be outside at any time, both directions together, in (0, 1).</param>
    public static CanaryInterval Interval(CanaryArm canary, CanaryArm champion, double alpha)
    {
        if (!(alpha > 0 && alpha < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "An error rate lies in (0, 1).");
        if (canary.Accuracy is not { } accuracy || champion.Accuracy is not { } other)
            return CanaryInterval.Everything;
        var limit = -Math.Log(alpha);
        var estimate = accuracy - other;
        return new CanaryInterval(Bound(-1), Bound(1));

        // The last difference on the way from the estimate that is still excluded: never narrower than the truth.
        double Bound(double end)
        {
            if (!(LogEvidence(canary, champion, end) >= limit))
                return end;
            var (inside, outside) = (estimate, end);
            for (var step = 0; step < BoundSteps; step++)
            {
                var middle = (inside + outside) / 2;
                if (LogEvidence(canary, champion, middle) >= limit)
                    outside = middle;
                else
                    inside = middle;
            }

            return outside;
        }
    }

    private static double LogRatio(CanaryArm arm, double accuracy)
    {
        if (arm.Samples == 0)
            return 0;
        var p = Math.Clamp(accuracy, Edge, 1 - Edge);
        var (right, wrong) = (PriorRows * p, PriorRows * (1 - p));
        var (k, n) = (arm.Correct, arm.Samples);
        return SpecialFunctions.LogGamma(right + k) - SpecialFunctions.LogGamma(right)
            + SpecialFunctions.LogGamma(wrong + (n - k)) - SpecialFunctions.LogGamma(wrong)
            - SpecialFunctions.LogGamma(PriorRows + n) + LogGammaOfPrior
            - (k * Math.Log(p)) - ((n - k) * Math.Log(1 - p));
    }

    private static void Check(CanaryArm arm, string name)
    {
        if (arm.Samples < 0 || arm.Correct < 0 || arm.Correct > arm.Samples)
            throw new ArgumentOutOfRangeException(name, arm, "Counts must not be negative, and right rows not more than all.");
    }
}
