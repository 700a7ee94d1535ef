namespace Drift.Core.Statistics;

/// <summary>Hellinger distance: √(1−Σ√(pq)), computed as √(½Σ(√p−√q)²).</summary>
/// <remarks>
/// <para>Source: E. Hellinger (1909); L. Le Cam, <i>Asymptotic Methods in Statistical Decision Theory</i> (1986). Both forms are equal
/// for shares that sum to 1; the second keeps the digits of nearly equal distributions, where 1−Σ√(pq) loses half of them. A metric:
/// symmetric, in [0, 1].</para>
/// <para>Edge cases: no smoothing; disjoint supports give 1; a side without rows gives 0. Always finite. Cost: two square roots per
/// bin.</para>
/// </remarks>
public static class Hellinger
{
    /// <summary>The distance of two count tables over the same bins, in [0, 1].</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative.</exception>
    public static double Distance(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
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
            var difference = Math.Sqrt(reference[i] / n) - Math.Sqrt(current[i] / m);
            sum += difference * difference;
        }

        return Math.Min(Math.Sqrt(sum / 2), 1);
    }

    /// <summary>The distance of two share vectors.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a share is outside [0, 1].</exception>
    public static double Distance(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        Bins.RequireSameLength(p.Length, q.Length);
        Bins.RequireShares(p);
        Bins.RequireShares(q);
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var difference = Math.Sqrt(p[i]) - Math.Sqrt(q[i]);
            sum += difference * difference;
        }

        return Math.Sqrt(sum / 2);
    }
}
