using Drift.Core.Plans;
using Drift.Core.Statistics;

namespace Drift.Core.Detection;

/// <summary>
/// The p-value of "no drift" of a binned column: how often two samples of one distribution differ at least as much. The upper tail of χ²
/// with B−1 degrees of freedom at PSI·nm/(n+m) where all bins are well filled, at Pearson's statistic where some are not, with those
/// pooled that a χ² cannot judge at all.
/// </summary>
/// <remarks>
/// <para>Source: B. Yurdakul and J. Naranjo, <i>Statistical properties of the population stability index</i> (2020), for bins that are well
/// filled: at least 20 expected rows here. PSI·nm/(n+m) and Pearson's χ² are equal to second order, but where few rows are expected
/// the logarithm weighs an empty bin more than twice as heavy as the square does, and PSI's deep tail, which adjusted p-values live in, is
/// above that of χ². Pearson's stays close to it from five expected rows on (Cochran 1954). The index that is reported stays that of all
/// bins; the p-value does not depend on a chosen epsilon: PSI enters it with Jeffreys smoothing.</para>
/// <para>Edge cases, decided so that two samples of one distribution stay exchangeable:</para>
/// <list type="bullet">
/// <item>Bins whose smaller expected count is below 5, judged by the rows of both sides together, are one bin; if that one is too small as
/// well, it joins the smallest other (Cochran 1954, as in <see cref="ChiSquare"/>).</item>
/// <item>The values behind the named categories (<c>other</c>) go into that bin too, and so does every named category with so few rows
/// that luck in the reference may have named it: the reference's favourites are less frequent anywhere else.</item>
/// <item>A reference that fixed its own dictionary has no unseen values, its windows do. Their share without drift is estimated by Good and
/// Turing (I. J. Good, 1953): the part of the reference's rows whose value occurs once. A window with no more than that says nothing; one
/// with more is compared with it. So a column of identifiers, all different everywhere, does not drift.</item>
/// <item>Fewer than two bins, or a side without rows: p is 1. Always finite, in [0, 1].</item>
/// </list>
/// <para>Cost: two passes over the bins and one incomplete gamma function; no allocation.</para>
/// </remarks>
public static class NoDriftTest
{
    // From so many expected rows on the index itself is trusted.
    private const double WellFilled = 20;

    /// <summary>The p-value of two count tables that <see cref="CoarseTable.Fill"/> made, empty bins not dropped.</summary>
    /// <param name="plan">The column.</param>
    /// <param name="reference">Counts of the reference.</param>
    /// <param name="current">Counts of the window; as many.</param>
    public static double PValue(ColumnPlan plan, ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        long n = 0, m = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            n += reference[i];
            m += current[i];
        }

        if (n == 0 || m == 0)
            return 1;
        if (TryPool(plan, reference, current, n, m, out var pValue))
            return pValue;
        Span<long> left = [.. reference], right = [.. current];
        var bins = CoarseTable.DropEmpty(left, right);
        return PsiNoise.PValue(Psi.Compute(left[..bins], right[..bins], Smoothing.Jeffreys), bins, n, m);
    }

    /// <summary>The p-value where some bins are not well filled; false where the index of all bins that are not empty serves as it is.</summary>
    internal static bool TryPool(
        ColumnPlan plan, ReadOnlySpan<long> reference, ReadOnlySpan<long> current, long n, long m, out double pValue)
    {
        // A bin's smaller expected count is its rows on both sides times the smaller side's part of all rows.
        var rowsPerExpected = ((double)n + m) / Math.Min(n, m);
        var minimum = ChiSquare.DefaultMinimumExpected * rowsPerExpected;
        var pool = default(Pool);
        int tail = -1, unseen = -1;
        if (plan is CategoricalColumnPlan categorical)
        {
            (tail, unseen) = (categorical.Other, categorical.Unseen);
            PoolTail(categorical, reference, current, n, m, ref minimum, ref pool);
        }

        var smallest = -1;
        for (var i = 0; i < reference.Length; i++)
        {
            var rows = (double)reference[i] + current[i];
            if (rows == 0 || i == tail || i == unseen)
                continue;
            if (rows < minimum)
            {
                pool.Reference += reference[i];
                pool.Current += current[i];
                continue;
            }

            pool.Bins++;
            if (smallest < 0 || rows < (double)reference[smallest] + current[smallest])
                smallest = i;
        }

        var pooledRows = pool.Reference + pool.Current;
        var fewest = smallest < 0 ? 0 : (double)reference[smallest] + current[smallest];
        if (pooledRows == 0 && pool.UnseenBins == 0 && fewest >= WellFilled * rowsPerExpected)
        {
            pValue = 1;
            return false;
        }

        pool.Bins += pool.UnseenBins;
        var merged = -1;
        if (pooledRows > 0)
        {
            if (pooledRows < minimum && smallest >= 0)
            {
                merged = smallest;
                pool.Reference += reference[merged];
                pool.Current += current[merged];
            }
            else
            {
                pool.Bins++;
            }
        }

        pValue = 1;
        if (pool.Bins < 2)
            return true;
        var sum = pooledRows > 0 ? Term(pool.Reference, pool.Current, n, m) : 0;
        if (pool.UnseenBins > 0)
            sum += Term(pool.UnseenReference, pool.UnseenCurrent, n, m);
        for (var i = 0; i < reference.Length; i++)
        {
            var rows = (double)reference[i] + current[i];
            if (rows > 0 && rows >= minimum && i != tail && i != unseen && i != merged)
                sum += Term(reference[i], current[i], n, m);
        }

        pValue = SpecialFunctions.ChiSquareUpperTail(sum, pool.Bins - 1);
        return true;
    }

    // Both cells of a bin together: (r−E)²/E + (c−E′)²/E′ = (r/n − c/m)² · nm/(r+c).
    private static double Term(double r, double c, double n, double m)
    {
        var difference = (r / n) - (c / m);
        return difference * difference * n * (m / (r + c));
    }

    private static void PoolTail(
        CategoricalColumnPlan plan, ReadOnlySpan<long> reference, ReadOnlySpan<long> current, long n, long m, ref double minimum, ref Pool pool)
    {
        pool.Reference = reference[plan.Other];
        pool.Current = current[plan.Other];
        long rarest = long.MaxValue, once = 0;
        for (var i = 0; i < plan.Other; i++)
        {
            rarest = Math.Min(rarest, reference[i]);
            once += reference[i] == 1 && 1.0 + current[i] < minimum ? 1 : 0;
        }

        if (plan.Tail.Length > 0)
        {
            // Three standard deviations above the rarest name that made it: a value that frequent was named whatever the luck.
            minimum = Math.Max(minimum, (rarest + (3 * Math.Sqrt(rarest))) * (((double)n + m) / n));
            once += TailOnce(plan.Tail.Length, reference[plan.Other], rarest);
        }

        double unseenReference = reference[plan.Unseen], unseenCurrent = current[plan.Unseen];
        if (unseenReference == 0)
        {
            if (unseenCurrent / m <= (double)once / n)
            {
                pool.Current += unseenCurrent;
                return;
            }

            unseenReference = once;
            pool.Reference -= once;
        }

        if (unseenReference + unseenCurrent < minimum)
        {
            pool.Reference += unseenReference;
            pool.Current += unseenCurrent;
            return;
        }

        pool.UnseenBins = 1;
        pool.UnseenReference = unseenReference;
        pool.UnseenCurrent = unseenCurrent;
    }

    /// <summary>
    /// The most values behind the names that can have occurred once, when <paramref name="values"/> of them share
    /// <paramref name="rows"/> and none occurred more often than the rarest name.
    /// </summary>
    private static long TailOnce(long values, long rows, long rarest) =>
        rarest <= 1 ? Math.Min(values, rows) : Math.Clamp(((rarest * values) - rows) / (rarest - 1), 0, Math.Min(values, rows));

    private struct Pool
    {
        public double Reference;
        public double Current;
        public int Bins;
        public int UnseenBins;
        public double UnseenReference;
        public double UnseenCurrent;
    }
}
