using System.Diagnostics.CodeAnalysis;

namespace Drift.Core.Statistics;

/// <summary>What every statistic asks of its two spans of bins, in one place.</summary>
internal static class Bins
{
    public static void RequireSameLength(int reference, int current)
    {
        if (reference != current)
        {
            ThrowLengths(reference, current);
        }
    }

    /// <summary>The sum of the counts, as a double: exact up to 2^53, and it cannot overflow.</summary>
    public static double Total(ReadOnlySpan<long> counts)
    {
        // Whole numbers add four times as fast as a chain of doubles. The union of all bits shows a negative count, and whether the sum fits.
        long bits = 0, sum = 0;
        unchecked
        {
            foreach (var count in counts)
            {
                bits |= count;
                sum += count;
            }
        }

        if (bits < 0)
        {
            ThrowNegative(counts);
        }

        return counts.Length <= 1024 && bits < 1L << 53 ? sum : TotalOfHuge(counts);
    }

    public static void RequireShares(ReadOnlySpan<double> shares)
    {
        foreach (var share in shares)
        {
            if (!(share >= 0 && share <= 1))
            {
                ThrowShare(share);
            }
        }
    }

    /// <summary>ln(a/b) of positive shares, also where the quotient leaves the range of a double (a share may be subnormal).</summary>
    public static double LogRatio(double a, double b)
    {
        var ratio = a / b;
        return ratio > 0 && double.IsFinite(ratio) ? Math.Log(ratio) : Math.Log(a) - Math.Log(b);
    }

    [DoesNotReturn]
    private static void ThrowLengths(int reference, int current) =>
        throw new ArgumentException($"Both sides must have the same bins: the reference has {reference}, the current side {current}.");

    private static double TotalOfHuge(ReadOnlySpan<long> counts)
    {
        var total = 0.0;
        foreach (var count in counts)
        {
            total += count;
        }

        return total;
    }

    [DoesNotReturn]
    private static void ThrowNegative(ReadOnlySpan<long> counts) =>
        throw new ArgumentException($"A count must not be negative, but the one of bin {counts.IndexOfAnyInRange(long.MinValue, -1)} is.");

    [DoesNotReturn]
    private static void ThrowShare(double share) => throw new ArgumentException($"A share must lie in [0, 1], but one is {share}.");
}
