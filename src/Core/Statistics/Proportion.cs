namespace Drift.Core.Statistics;

/// <summary>Tests and intervals for a share of successes, such as accuracy.</summary>
/// <remarks>Normal approximations: they want a handful of successes and failures on each side. Always finite, constant cost.</remarks>
public static class Proportion
{
    /// <summary>
    /// One-sided two-sample z test with pooled variance: probability of a drop from the first to the second sample at least this large
    /// when both have the same proportion.
    /// </summary>
    /// <remarks>A sample without rows, or nothing but successes or nothing but failures in both, is no evidence of a drop: 1.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or there are more successes than rows.</exception>
    public static double DropPValue(long successes1, long n1, long successes2, long n2)
    {
        Require(successes1, n1);
        Require(successes2, n2);
        if (n1 == 0 || n2 == 0)
        {
            return 1;
        }

        double rows1 = n1, rows2 = n2;
        var rows = rows1 + rows2;
        var pooled = ((double)successes1 + successes2) / rows;
        var pooledFailures = ((rows1 - successes1) + (rows2 - successes2)) / rows;
        var deviation = Math.Sqrt(pooled * pooledFailures * ((1 / rows1) + (1 / rows2)));
        return deviation > 0 ? SpecialFunctions.NormalUpperTail(((successes1 / rows1) - (successes2 / rows2)) / deviation) : 1;
    }

    /// <summary>Wilson's score interval, which stays inside [0, 1] and holds for proportions near the ends (E. B. Wilson, 1927).</summary>
    /// <param name="successes">Successes among the rows.</param>
    /// <param name="n">Rows; with none the interval is [0, 1].</param>
    /// <param name="confidence">Coverage, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, successes exceed the rows, or the confidence is outside (0,
    /// 1).</exception>
    public static ProportionInterval WilsonInterval(long successes, long n, double confidence = 0.95)
    {
        Require(successes, n);
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "The confidence must lie in (0, 1).");
        }

        if (n == 0)
        {
            return new ProportionInterval(0, 1);
        }

        var z = -SpecialFunctions.NormalQuantile((1 - confidence) / 2);
        double rows = n;
        var share = successes / rows;
        var zSquaredOverN = z * z / rows;
        var center = (share + (zSquaredOverN / 2)) / (1 + zSquaredOverN);
        var half = z * Math.Sqrt((share * ((rows - successes) / rows) / rows) + (zSquaredOverN / rows / 4)) / (1 + zSquaredOverN);

        // At the ends the formula gives exactly 0 and 1; rounding must not move them inside.
        return new ProportionInterval(
            successes == 0 ? 0 : Math.Max(center - half, 0),
            successes == n ? 1 : Math.Min(center + half, 1));
    }

    private static void Require(long successes, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
    }
}
