namespace Drift.Core.Statistics;

/// <summary>One p-value for several tests of the same thing, valid also when the tests depend on each other.</summary>
/// <remarks>
/// <para>Source: Y. Liu and J. Xie, <i>Cauchy combination test</i> (2020): T = mean of cot(πp), p = arccot(T)/π. Equal weights.</para>
/// <para>Edge cases: no values gives 1; one value is itself. A p-value near 1 would add a huge negative term and so wipe out any evidence
/// of the others, so with several values those above 0.99 count as 0.99 (the truncation of Y. Fang, G. C. Tseng and C. Chang,
/// <i>Heavy-tailed distribution for combining dependent p-values with asymptotic robustness</i>, 2023); an underflowed p-value of 0
/// counts as 1e-300. NaN and values outside [0, 1] are refused. Always finite.</para>
/// </remarks>
public static class CauchyCombination
{
    private const double Lowest = 1e-300;
    private const double Highest = 0.99;

    /// <summary>The combined p-value, in [0, 1].</summary>
    /// <exception cref="ArgumentException">A p-value is NaN or outside [0, 1].</exception>
    public static double PValue(ReadOnlySpan<double> pValues)
    {
        PValues.Require(pValues);
        if (pValues.Length < 2)
        {
            return pValues.IsEmpty ? 1 : pValues[0];
        }

        var sum = 0.0;
        foreach (var p in pValues)
        {
            // The cotangent, not tan(π(½−p)): ½−p forgets a small p.
            sum += 1 / Math.Tan(Math.PI * Math.Clamp(p, Lowest, Highest));
        }

        return Math.Atan2(1, sum / pValues.Length) / Math.PI;
    }
}
