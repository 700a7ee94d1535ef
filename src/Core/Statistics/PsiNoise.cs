namespace Drift.Core.Statistics;

/// <summary>How much PSI to expect without any drift, and how surprising an observed PSI is.</summary>
/// <remarks>
/// <para>Source: B. Yurdakul and J. Naranjo, <i>Statistical properties of the population stability index</i> (2020): without drift,
/// PSI·nm/(n+m) follows χ² with B−1 degrees of freedom for large samples, so its mean is (B−1)(1/n+1/m). The approximation wants a few
/// rows in every bin of both sides.</para>
/// <para>Edge cases: fewer than two bins or a side without rows gives expectation 0 and p 1. Always finite.</para>
/// </remarks>
public static class PsiNoise
{
    /// <summary>The mean of PSI over <paramref name="bins"/> bins when both sides draw from one distribution.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    public static double Expected(int bins, long n, long m)
    {
        RequireNotNegative(bins, n, m);
        return bins < 2 || n == 0 || m == 0 ? 0 : (bins - 1) * ((1.0 / n) + (1.0 / m));
    }

    /// <summary>
    /// Probability of a PSI at least this large without drift: the upper tail of χ² with B−1 degrees of freedom at PSI·nm/(n+m).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or <paramref name="psi"/> is NaN.</exception>
    public static double PValue(double psi, int bins, long n, long m)
    {
        RequireNotNegative(bins, n, m);
        if (bins < 2 || n == 0 || m == 0)
        {
            return 1;
        }

        return SpecialFunctions.ChiSquareUpperTail(psi * ((double)n * m / ((double)n + m)), bins - 1);
    }

    private static void RequireNotNegative(int bins, long n, long m)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bins);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(m);
    }
}
