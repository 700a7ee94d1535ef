namespace Drift.Core.Statistics;

/// <summary>Largest change of a single bin's share: max |p−q|.</summary>
/// <remarks>
/// <para>The Chebyshev distance of the two share vectors; symmetric, in [0, 1], in units of share: 0.1 means that some bin gained or lost
/// a tenth of all rows.</para>
/// <para>Edge cases: no smoothing; a side without rows gives 0, a single bin gives 0. Always finite.</para>
/// </remarks>
public static class LInfinity
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

        var largest = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((reference[i] / n) - (current[i] / m)));
        }

        return largest;
    }

    /// <summary>The distance of two share vectors.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a share is outside [0, 1].</exception>
    public static double Distance(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        Bins.RequireSameLength(p.Length, q.Length);
        Bins.RequireShares(p);
        Bins.RequireShares(q);
        var largest = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(p[i] - q[i]));
        }

        return largest;
    }
}
