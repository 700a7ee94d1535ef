namespace Drift.Core.Statistics;

/// <summary>Pearson's χ² test of a 2×K contingency table: do both sides draw from one distribution over the bins?</summary>
/// <remarks>
/// <para>Source: K. Pearson (1900); pooling by W. G. Cochran, <i>Some methods for strengthening the common χ² tests</i> (1954). Without
/// Yates' correction, also for two bins.</para>
/// <para>Edge cases: bins empty on both sides are ignored. Bins whose smaller expected count is below <c>minimumExpected</c> are pooled
/// into one; if that one is still below, it joins the smallest of the others. With fewer than two bins left, or a side without rows, the
/// statistic is 0 and p is 1. Always finite. Cost: three passes, no allocation.</para>
/// </remarks>
public static class ChiSquare
{
    /// <summary>Cochran's rule: the χ² approximation is trusted from this expected count on.</summary>
    public const double DefaultMinimumExpected = 5;

    /// <summary>The test on two count tables over the same bins.</summary>
    /// <param name="reference">Counts of the reference.</param>
    /// <param name="current">Counts of the current side.</param>
    /// <param name="minimumExpected">Expected count below which bins are pooled; 0 pools nothing.</param>
    /// <exception cref="ArgumentException">The lengths differ, a count is negative, or the minimum is negative or not finite.</exception>
    public static ChiSquareResult Contingency(
        ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double minimumExpected = DefaultMinimumExpected)
    {
        Bins.RequireSameLength(reference.Length, current.Length);
        if (!(minimumExpected >= 0 && double.IsFinite(minimumExpected)))
        {
            throw new ArgumentOutOfRangeException(nameof(minimumExpected), minimumExpected, "The minimum must be a finite number, at least 0.");
        }

        var n = Bins.Total(reference);
        var m = Bins.Total(current);
        if (n == 0 || m == 0)
        {
            return new ChiSquareResult(0, 1, 0);
        }

        // The smaller expected count of a bin is its rows on both sides times the smaller side's part of all rows.
        var minimumRows = minimumExpected / (Math.Min(n, m) / (n + m));
        double pooledReference = 0, pooledCurrent = 0;
        var smallestKept = -1;
        var bins = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var rows = (double)reference[i] + current[i];
            if (rows == 0)
            {
                continue;
            }

            if (rows < minimumRows)
            {
                pooledReference += reference[i];
                pooledCurrent += current[i];
                continue;
            }

            bins++;
            if (smallestKept < 0 || rows < (double)reference[smallestKept] + current[smallestKept])
            {
                smallestKept = i;
            }
        }

        var merged = -1;
        var pooledRows = pooledReference + pooledCurrent;
        if (pooledRows > 0)
        {
            if (pooledRows < minimumRows && smallestKept >= 0)
            {
                merged = smallestKept;
                pooledReference += reference[merged];
                pooledCurrent += current[merged];
            }
            else
            {
                bins++;
            }
        }

        if (bins < 2)
        {
            return new ChiSquareResult(0, 1, 0);
        }

        var sum = pooledRows > 0 ? Term(pooledReference, pooledCurrent, n, m) : 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var rows = (double)reference[i] + current[i];
            if (rows > 0 && rows >= minimumRows && i != merged)
            {
                sum += Term(reference[i], current[i], n, m);
            }
        }

        return new ChiSquareResult(sum, SpecialFunctions.ChiSquareUpperTail(sum, bins - 1), bins - 1);
    }

    // Both cells of a bin together: (r−E)²/E + (c−E′)²/E′ = (r/n − c/m)² · nm/(r+c).
    private static double Term(double r, double c, double n, double m)
    {
        var difference = (r / n) - (c / m);
        return difference * difference * (n * m / (r + c));
    }
}
