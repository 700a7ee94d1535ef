namespace Drift.Core.Statistics;

/// <summary>Two-sample Kolmogorov–Smirnov test over binned values: max |F−G| at the bin edges.</summary>
/// <remarks>
/// <para>Source: N. Smirnov, <i>Table for estimating the goodness of fit of empirical distributions</i> (1948). The p-value is the
/// Kolmogorov limit Q(λ) at λ = √e·D + 1/(6√e), e = nm/(n+m); the second term is the first-order correction for a finite e (W. Pelz and
/// I. J. Good, 1976) and takes most of the difference to the finite-sample distribution away, in the body as in the tail.</para>
/// <para>The statistic over the edges is at most the one over the raw values, and falls short of it by at most the larger share of one
/// bin, so the p-value errs towards "no drift". Ties make it more conservative still.</para>
/// <para>Edge cases: a side without rows, or a single bin, gives statistic 0 and p 1. Always finite. Cost: one pass, about four
/// exponentials.</para>
/// </remarks>
public static class KolmogorovSmirnov
{
    // Where either series needs four terms at most for full precision.
    private const double SeriesSwitch = 1.18;

    /// <summary>The test on two count tables over the same bins, in ascending order of value.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative.</exception>
    public static KolmogorovSmirnovResult Compute(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        Bins.RequireSameLength(reference.Length, current.Length);
        var n = Bins.Total(reference);
        var m = Bins.Total(current);
        if (n == 0 || m == 0)
        {
            return new KolmogorovSmirnovResult(0, 1);
        }

        // |a/n − c/m| · nm without a division per edge, which also makes equal shares differ by exactly 0.
        double referenceBelow = 0, currentBelow = 0, largest = 0;
        for (var i = 0; i < reference.Length - 1; i++)
        {
            referenceBelow += reference[i];
            currentBelow += current[i];
            var difference = Math.Abs((referenceBelow * m) - (currentBelow * n));
            if (difference > largest)
            {
                largest = difference;
            }
        }

        return OfGap(largest, n, m);
    }

    /// <summary>The result from max |F−G|·nm.</summary>
    internal static KolmogorovSmirnovResult OfGap(double gap, double n, double m)
    {
        var statistic = Math.Min(gap / (n * m), 1);
        return new KolmogorovSmirnovResult(statistic, PValue(statistic, n, m));
    }

    /// <summary>The p-value of a statistic found by other means.</summary>
    /// <param name="statistic">max |F−G|, in [0, 1].</param>
    /// <param name="n">Rows of the reference.</param>
    /// <param name="m">Rows of the current side.</param>
    /// <exception cref="ArgumentOutOfRangeException">The statistic is outside [0, 1], or a row count is negative.</exception>
    public static double PValue(double statistic, long n, long m)
    {
        if (!(statistic >= 0 && statistic <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(statistic), statistic, "The statistic must lie in [0, 1].");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        return PValue(statistic, (double)n, m);
    }

    private static double PValue(double statistic, double n, double m)
    {
        if (n == 0 || m == 0 || statistic == 0)
        {
            return 1;
        }

        var root = Math.Sqrt(n * m / (n + m));
        return LimitUpperTail((root * statistic) + (1 / (6 * root)));
    }

    /// <summary>Q(λ) = 2 Σ (−1)^(k−1) e^(−2k²λ²) of Kolmogorov's limit; its theta transform where λ is small.</summary>
    internal static double LimitUpperTail(double lambda)
    {
        if (lambda <= 0)
        {
            return 1;
        }

        if (lambda >= SeriesSwitch)
        {
            var e = Math.Exp(-2 * lambda * lambda);
            var e3 = e * e * e;

            // e − e⁴ + e⁹ − e¹⁶
            return Math.Clamp(2 * (e - (e * e3) + (e3 * e3 * e3) - (e3 * e3 * e3 * e3 * e3 * e)), 0, 1);
        }

        // 1 − √(2π)/λ Σ e^(−(2k−1)²π²/(8λ²))
        var x = Math.Exp(-Math.PI * Math.PI / (8 * lambda * lambda));
        var x8 = x * x * x * x * x * x * x * x;
        var x24 = x8 * x8 * x8;
        return Math.Clamp(1 - (Math.Sqrt(2 * Math.PI) / lambda * (x * (1 + x8 + x24 + (x24 * x24)))), 0, 1);
    }
}
