namespace Drift.Core.Statistics;

/// <summary>
/// One side's numeric column over the fine bins: how many values each bin holds and where in the bin they lie on average.
/// </summary>
/// <remarks>
/// All four parts merge by addition, or minimum and maximum. Offsets from an edge, not plain sums: a column of large values in a narrow
/// range (a timestamp) would otherwise lose its digits.
/// </remarks>
public readonly ref struct NumericBins
{
    /// <summary>Wraps the parts without copying.</summary>
    /// <param name="counts">See <see cref="Counts"/>.</param>
    /// <param name="offsetSums">See <see cref="OffsetSums"/>.</param>
    /// <param name="min">See <see cref="Min"/>.</param>
    /// <param name="max">See <see cref="Max"/>.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public NumericBins(ReadOnlySpan<long> counts, ReadOnlySpan<double> offsetSums, double min, double max)
    {
        if (counts.Length != offsetSums.Length)
        {
            throw new ArgumentException($"{counts.Length} counts need as many sums, not {offsetSums.Length}.", nameof(offsetSums));
        }

        Counts = counts;
        OffsetSums = offsetSums;
        Min = min;
        Max = max;
    }

    /// <summary>Finite values per bin.</summary>
    public ReadOnlySpan<long> Counts { get; }

    /// <summary>Σ (x − <see cref="Origin"/>) of the finite values in each bin.</summary>
    public ReadOnlySpan<double> OffsetSums { get; }

    /// <summary>The smallest finite value; not read when there is no value.</summary>
    public double Min { get; }

    /// <summary>The largest finite value; not read when there is no value.</summary>
    public double Max { get; }

    /// <summary>
    /// What is subtracted from a value before it is summed: its bin's left edge; for the first bin the right one; 0 without edges.
    /// </summary>
    public static double Origin(ReadOnlySpan<double> innerEdges, int bin) => innerEdges.IsEmpty ? 0 : innerEdges[Math.Max(bin - 1, 0)];
}
