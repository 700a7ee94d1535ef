namespace Drift.Core.Statistics;

/// <summary>Jensen–Shannon distance: √(½KL(p‖m)+½KL(q‖m)) with m = ½(p+q).</summary>
/// <remarks>
/// <para>Source: D. M. Endres and J. E. Schindelin, <i>A new metric for probability distributions</i> (2003). Base 2 unless the name says
/// natural; natural = base 2 · √(ln 2). Tools differ here, and some report the square. A metric: symmetric, in [0, 1] (natural: [0,
/// 0.8326]).</para>
/// <para>Edge cases: no smoothing, since 0·ln 0 is 0 and m is positive where p or q is; disjoint supports give exactly the upper bound; a
/// side without rows gives 0. Nearly equal shares go through a series in (p−q)/(p+q), so that equal distributions differ by 0 and close
/// ones keep their digits. Always finite. Cost: at most two logarithms per bin, no allocation.</para>
/// </remarks>
public static class JensenShannon
{
    private const double Ln2 = 0.693147180559945309417232121458;

    // Below this the series' ninth term is under 1e-17 of its first.
    private const double SeriesBound = 1.0 / 8;

    /// <summary>The distance of two count tables over the same bins, base 2, in [0, 1].</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative.</exception>
    public static double Distance(ReadOnlySpan<long> reference, ReadOnlySpan<long> current) =>
        Math.Min(Math.Sqrt(Divergence(reference, current) / Ln2), 1);

    /// <summary>The distance of two share vectors, base 2.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a share is outside [0, 1].</exception>
    public static double Distance(ReadOnlySpan<double> p, ReadOnlySpan<double> q) => Math.Sqrt(Divergence(p, q) / Ln2);

    /// <summary>The distance of two count tables over the same bins, natural logarithm, in [0, √(ln 2)].</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative.</exception>
    public static double DistanceNatural(ReadOnlySpan<long> reference, ReadOnlySpan<long> current) =>
        Math.Sqrt(Math.Min(Divergence(reference, current), Ln2));

    /// <summary>The distance of two share vectors, natural logarithm.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a share is outside [0, 1].</exception>
    public static double DistanceNatural(ReadOnlySpan<double> p, ReadOnlySpan<double> q) => Math.Sqrt(Divergence(p, q));

    private static double Divergence(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        Bins.RequireSameLength(reference.Length, current.Length);
        var n = Bins.Total(reference);
        var m = Bins.Total(current);
        if (n == 0 || m == 0)
        {
            return 0;
        }

        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            sum += Term(reference[i] / n, current[i] / m);
        }

        return sum / 2;
    }

    private static double Divergence(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        Bins.RequireSameLength(p.Length, q.Length);
        Bins.RequireShares(p);
        Bins.RequireShares(q);
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            sum += Term(p[i], q[i]);
        }

        return sum / 2;
    }

    // p ln(p/m) + q ln(q/m) = m·((1+x) ln(1+x) + (1−x) ln(1−x)) with x = (p−q)/(p+q), which is never negative.
    private static double Term(double p, double q)
    {
        var twiceM = p + q;
        if (p == q)
        {
            return 0;
        }

        if (p == 0 || q == 0)
        {
            return twiceM * Ln2;
        }

        var x = (p - q) / twiceM;
        if (Math.Abs(x) < SeriesBound)
        {
            // Σ x^2k / (k (2k−1)), k = 1..8, by Horner.
            var y = x * x;
            var series = y * (1 + (y * ((1.0 / 6) + (y * ((1.0 / 15) + (y * ((1.0 / 28)
                + (y * ((1.0 / 45) + (y * ((1.0 / 66) + (y * ((1.0 / 91) + (y / 120))))))))))))));
            return twiceM / 2 * series;
        }

        // Not ln(1−x): it would be −∞ for a share below 1e-16 of the other.
        return Math.Max((p * Math.Log(2 * p / twiceM)) + (q * Math.Log(2 * q / twiceM)), 0);
    }
}
