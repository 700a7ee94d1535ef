namespace Drift.Core.Statistics;

/// <summary>Population stability index: Σ (q−p) ln(q/p), with p the reference's shares and q the current ones.</summary>
/// <remarks>
/// <para>Source: N. Siddiqi, <i>Credit Risk Scorecards</i> (2006); it is Jeffreys' divergence KL(p‖q)+KL(q‖p) (H. Jeffreys, 1946). Natural
/// logarithm. Symmetric, never negative, and not changed by the order of the bins.</para>
/// <para>Edge cases: a side without rows says nothing, so the result is 0 (callers report such a window as insufficient); a single bin
/// gives 0; empty bins are smoothed, see <see cref="Smoothing"/>. Always finite. Cost: one logarithm per bin, no allocation.</para>
/// </remarks>
public static class Psi
{
    /// <summary>The index of two count tables over the same bins.</summary>
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
            sum += Term(referenceShares.Of(reference[i]), currentShares.Of(current[i]));
        }

        return sum;
    }

    /// <summary>
    /// The index of two share vectors; shares of zero are replaced by <paramref name="epsilon"/> without normalising again.
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
            sum += Term(p[i] == 0 ? zero : p[i], q[i] == 0 ? zero : q[i]);
        }

        return sum;
    }

    /// <summary>What each bin adds to the index, into <paramref name="contributions"/>; they sum to it.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a count is negative.</exception>
    public static void Contributions(
        ReadOnlySpan<long> reference, ReadOnlySpan<long> current, Smoothing smoothing, Span<double> contributions)
    {
        Bins.RequireSameLength(reference.Length, current.Length);
        Bins.RequireSameLength(reference.Length, contributions.Length);
        var n = Bins.Total(reference);
        var m = Bins.Total(current);
        if (n == 0 || m == 0)
        {
            contributions.Clear();
            return;
        }

        var referenceShares = new Shares(n, reference.Length, smoothing);
        var currentShares = new Shares(m, reference.Length, smoothing);
        for (var i = 0; i < reference.Length; i++)
        {
            contributions[i] = Term(referenceShares.Of(reference[i]), currentShares.Of(current[i]));
        }
    }

    private static double Term(double p, double q) => (q - p) * Bins.LogRatio(q, p);
}
