namespace Drift.Core.Statistics;

/// <summary>
/// Kullback–Leibler divergence of the reference from the current side: Σ p ln(p/q), with p the reference's shares and q the current ones.
/// </summary>
/// <remarks>
/// <para>Source: S. Kullback and R. A. Leibler, <i>On information and sufficiency</i> (1951). Natural logarithm. Not symmetric; not
/// changed by the order of the bins.</para>
/// <para>Edge cases: a side without rows gives 0, a single bin gives 0, empty bins are smoothed, see <see cref="Smoothing"/>. With
/// Jeffreys smoothing the result is never negative (rounding below zero is cut off). With epsilon smoothing the shares no longer sum to 1
/// and the sum is returned as it is, which can be below zero by about the number of replaced bins times epsilon: other tools report that
/// same number. Always finite. Cost: one logarithm per bin, no allocation.</para>
/// </remarks>
public static class KullbackLeibler
{
    /// <summary>The divergence of two count tables over the same bins.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative.</exception>
    public static double Compute(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, Smoothing smoothing)
    {
        Bins.RequireSameLength(reference.Length, current.Length);
        var n = Bins.Total(reference);
        var m = Bins.Total(current);
        if (n == 0 || m == 0)
        {
            return 0;
        }

        var referenceShares = new Shares(n, reference.Length, smoothing);
        var currentShares = new Shares(m, reference.Length, smoothing);
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var p = referenceShares.Of(reference[i]);
            sum += p * Bins.LogRatio(p, currentShares.Of(current[i]));
        }

        return smoothing.Kind == SmoothingKind.Jeffreys ? Math.Max(sum, 0) : sum;
    }

    /// <summary>
    /// The divergence of two share vectors; shares of zero are replaced by <paramref name="epsilon"/> without normalising again.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ, a share is outside [0, 1], or epsilon is outside (0, 0.1].</exception>
    public static double Compute(ReadOnlySpan<double> p, ReadOnlySpan<double> q, double epsilon = Smoothing.DefaultEpsilon)
    {
        Bins.RequireSameLength(p.Length, q.Length);
        Bins.RequireShares(p);
        Bins.RequireShares(q);
        var zero = Smoothing.WithEpsilon(epsilon).Epsilon;
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var share = p[i] == 0 ? zero : p[i];
            sum += share * Bins.LogRatio(share, q[i] == 0 ? zero : q[i]);
        }

        return sum;
    }
}
