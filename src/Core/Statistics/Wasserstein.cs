namespace Drift.Core.Statistics;

/// <summary>Wasserstein-1 (earth mover's) distance in units of the reference's standard deviation: ∫|F−G| dx / σ.</summary>
/// <remarks>
/// <para>Source: S. S. Vallender, <i>Calculation of the Wasserstein distance between probability distributions on the line</i> (1974).
/// Within a bin [a, b) the integral of F−G is exact: (b−a)(F(b)−G(b)) − (S/n − S′/m), S being the sum of x−a. Outer bins need no outer
/// end: −(S/n − S′/m). So the result is exact as long as F−G does not change its sign inside a bin. Where its two ends differ in sign and
/// it is monotone between, the integral of |F−G| lies between the absolute value of that integral and that of a single jump which has the
/// same integral, and the middle of the two is taken. A change of sign that the ends do not show counts as none. Interpolating the counts
/// alone is no substitute: it is off by up to 60 % on zero-inflated columns.</para>
/// <para>Error: with the edges of <see cref="BinEdges.Fine"/> within 2 % of the distance of the raw values on every numeric column of the
/// three data sets that the tests read, including those without drift, where the distance is all noise.</para>
/// <para>Edge cases: a side without rows gives 0. A reference without spread (σ = 0) has no unit of its own; the unit is then the range
/// that both sides cover together, so the result lies in [0, 1] and is the share of rows that left the constant times how far they went
/// on that range: 1 when all moved to one other value. Sums that overflowed fall back to linear interpolation in their bin, and a result
/// beyond the largest double is that double. Always finite, never negative. Cost: two passes, no allocation.</para>
/// </remarks>
public static class Wasserstein
{
    /// <summary>The normed distance from profiles over the same fine bins.</summary>
    /// <param name="reference">The reference's bins.</param>
    /// <param name="current">The current side's bins.</param>
    /// <param name="innerEdges">Ascending; one fewer than the bins. Bin index = number of inner edges at or below the value.</param>
    /// <param name="sigmaReference">The reference's standard deviation (divisor n).</param>
    /// <exception cref="ArgumentException">The bins and the edges do not fit together, or a count is negative.</exception>
    public static double Normed(in NumericBins reference, in NumericBins current, ReadOnlySpan<double> innerEdges, double sigmaReference)
    {
        Bins.RequireSameLength(reference.Counts.Length, current.Counts.Length);
        if (reference.Counts.Length != innerEdges.Length + 1)
        {
            throw new ArgumentException(
                $"{innerEdges.Length} inner edges make {innerEdges.Length + 1} bins, not {reference.Counts.Length}.", nameof(innerEdges));
        }

        return Normed(reference, current, innerEdges, sigmaReference, Bins.Total(reference.Counts), Bins.Total(current.Counts), out _);
    }

    /// <summary>The same where the totals are known, with what it passes on the way: max |F−G| at the edges, times nm.</summary>
    internal static double Normed(
        in NumericBins reference,
        in NumericBins current,
        ReadOnlySpan<double> innerEdges,
        double sigmaReference,
        double n,
        double m,
        out double largestGap)
    {
        largestGap = 0;
        if (n == 0 || m == 0)
        {
            return 0;
        }

        var lowest = Math.Min(reference.Min, current.Min);
        var highest = Math.Max(reference.Max, current.Max);
        var last = innerEdges.Length;
        var referenceCounts = reference.Counts[..(last + 1)];
        var currentCounts = current.Counts[..(last + 1)];
        var referenceSums = reference.OffsetSums[..(last + 1)];
        var currentSums = current.OffsetSums[..(last + 1)];
        double perReference = 1 / n, perCurrent = 1 / m, perPair = 1 / (n * m);
        double referenceBelow = 0, currentBelow = 0, left = 0, distance = 0, largest = 0;
        for (var i = 0; i <= last; i++)
        {
            referenceBelow += referenceCounts[i];
            currentBelow += currentCounts[i];
            var offsets = (referenceSums[i] * perReference) - (currentSums[i] * perCurrent);
            double gap = 0, width = 0;
            var inside = false;
            if (i < last)
            {
                gap = (referenceBelow * m) - (currentBelow * n);
                largest = Math.Max(largest, Math.Abs(gap));
                if (i > 0)
                {
                    inside = true;
                    width = innerEdges[i] - innerEdges[i - 1];
                }
            }

            var right = gap * perPair;
            var signed = (width * right) - offsets;
            if (double.IsFinite(signed))
            {
                distance += inside ? Absolute(signed, left, right, width) : Math.Abs(signed);
            }
            else
            {
                var from = i == 0 ? lowest : innerEdges[i - 1];
                var to = i == last ? highest : innerEdges[i];
                distance += Interpolated(left, right) * Math.Clamp(to - from, 0, double.MaxValue);
            }

            left = right;
        }

        largestGap = largest;
        if (!(distance > 0))
        {
            return 0;
        }

        if (sigmaReference > 0 && double.IsFinite(sigmaReference) && reference.Min < reference.Max)
        {
            return Math.Min(distance / sigmaReference, double.MaxValue);
        }

        // Not above 1 but for rounding; a range that overflows makes the quotient 0, so it is capped.
        var range = Math.Min(highest - lowest, double.MaxValue);
        return range > 0 ? Math.Min(distance / range, 1) : 0;
    }

    // ∫|D| over a bin from its exact integral and the values of D at its two ends.
    private static double Absolute(double signed, double left, double right, double width)
    {
        var least = Math.Abs(signed);
        if (!(left * right < 0))
        {
            return least;
        }

        // D jumps from left to right after this much of the bin.
        var before = (signed - (right * width)) / (left - right);
        return before >= 0 && before <= width
            ? (least + (Math.Abs(left) * before) + (Math.Abs(right) * (width - before))) / 2
            : least;
    }

    // Mean of |D| where D runs straight from left to right.
    private static double Interpolated(double left, double right)
    {
        var ends = Math.Abs(left) + Math.Abs(right);
        if (left * right >= 0)
        {
            return ends / 2;
        }

        return ((left * left) + (right * right)) / (2 * ends);
    }
}
