namespace Drift.Core.Statistics;

/// <summary>
/// The inner bin edges that a numeric reference fixes. Bin index = number of inner edges at or below the value; both outer bins are open.
/// </summary>
/// <remarks>
/// Run once per plan, not per batch; allocates. Every coarse edge is also a fine edge, so coarse counts are exact sums of fine ones.
/// </remarks>
public static class BinEdges
{
    /// <summary>A reference with at most this many distinct values gets a fine bin per value.</summary>
    public const int DistinctLimit = 20;

    private const int Percentiles = 100;

    // A fine bin wider than this part of the range is cut; at 50 the Wasserstein distance of every column tried is within 2 %.
    private const int WidestPartOfRange = 50;

    /// <summary>The reference's inner deciles without repetition, its smallest and largest value left out: at most 9, ascending.</summary>
    /// <param name="sorted">The reference's finite values in ascending order, at least one.</param>
    public static double[] Coarse(ReadOnlySpan<double> sorted)
    {
        var edges = new SortedSet<double>();
        AddDeciles(sorted, edges);
        edges.Remove(sorted[0]);
        edges.Remove(sorted[^1]);
        return [.. edges];
    }

    /// <summary>
    /// At most 20 distinct values: the values above the smallest, and the deciles. Otherwise the inner percentiles without repetition,
    /// and where two of them lie further apart than 1/50 of the range, equal pieces between. At most 150 bins. A constant reference c
    /// gets the bins below, at and above c.
    /// </summary>
    /// <param name="sorted">The reference's finite values in ascending order, at least one.</param>
    public static double[] Fine(ReadOnlySpan<double> sorted)
    {
        var edges = new SortedSet<double>();
        AddDeciles(sorted, edges);
        if (sorted[0] == sorted[^1])
        {
            return [sorted[0], double.BitIncrement(sorted[0])];
        }

        if (!TryAddDistinct(sorted, edges))
        {
            for (var k = 1; k < Percentiles; k++)
            {
                // Deciles are already there, on numpy's grid.
                if (k % 10 != 0)
                {
                    edges.Add(Quantiles.Linear(sorted, k / (double)Percentiles));
                }
            }

            CutWideBins(sorted[0], sorted[^1], edges);
        }

        // A percentile at the maximum stays: a large mass there is then a bin of its own.
        edges.Remove(sorted[0]);
        return [.. edges];
    }

    private static void AddDeciles(ReadOnlySpan<double> sorted, SortedSet<double> edges)
    {
        for (var k = 1; k < 10; k++)
        {
            edges.Add(Quantiles.Linear(sorted, k * 0.1));
        }
    }

    private static bool TryAddDistinct(ReadOnlySpan<double> sorted, SortedSet<double> edges)
    {
        var distinct = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] != sorted[i - 1] && ++distinct > DistinctLimit)
            {
                return false;
            }
        }

        for (var i = 1; i < sorted.Length; i++)
        {
            edges.Add(sorted[i]);
        }

        return true;
    }

    private static void CutWideBins(double min, double max, SortedSet<double> edges)
    {
        // Halves keep the range finite for values near ±1.8e308.
        var widest = ((max / 2) - (min / 2)) / WidestPartOfRange;
        var left = min;
        foreach (var right in edges.Append(max).ToArray())
        {
            var halfGap = (right / 2) - (left / 2);
            var pieces = halfGap > widest ? (int)Math.Ceiling(halfGap / widest) : 1;
            for (var piece = 1; piece < pieces; piece++)
            {
                edges.Add(left + (halfGap * (2.0 * piece / pieces)));
            }

            left = right;
        }
    }
}
