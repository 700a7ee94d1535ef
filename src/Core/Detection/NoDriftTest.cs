using Drift.Core.Plans;
using Drift.Core.Statistics;

namespace Drift.Core.Detection;

/// <summary>
/// The p-value of "no drift" of a binned column: how often two samples of one distribution differ at least as much. The χ² tail of
/// Pearson's statistic over the coarse bins, with those pooled that a χ² cannot judge.
/// </summary>
/// <remarks>
/// <para>PSI·nm/(n+m) and Pearson's χ² are the same to second order, and both follow χ² with B−1 degrees of freedom where bins are well
/// filled (Yurdakul and Naranjo 2020). Where few rows are expected they part: the logarithm weighs an empty bin twice as heavy as
/// its square, so PSI's own tail is far above χ² while Pearson's stays close to it from five expected rows on (Cochran 1954).</para>
/// <para>Edge cases, decided so that two samples of one distribution stay exchangeable:</para>
/// <list type="bullet">
/// <item>Bins whose smaller expected count is below 5, judged by the rows of both sides together, are one bin; if that one is too small as
/// well, it joins the smallest other.</item>
/// <item>The values behind the named categories (<c>other</c>) go into that bin too, and so does every named category with so few rows
/// that luck in the reference may have named it: the reference's favourites are less frequent anywhere else.</item>
/// <item>A reference that fixed its own dictionary has no unseen values, its windows do. Their share without drift is estimated by Good
/// and Turing (Good 1953): the part of the reference's rows whose value occurs once. A window with no more than that says nothing; one with more is
/// compared with it. So a column of identifiers, all different everywhere, does not drift.</item>
/// <item>Fewer than two bins, or a side without rows: p is 1. Always finite, in [0, 1].</item>
/// </list>
/// <para>Cost: two passes over the bins and one incomplete gamma function; no allocation.</para>
/// </remarks>
public static class NoDriftTest
{
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

        // A bin's smaller expected count is its rows on both sides times the smaller side's part of all rows.
        var minimum = ChiSquare.DefaultMinimumExpected * ((double)n + m) / Math.Min(n, m);
        var table = new Pools(n, m);
        if (plan is CategoricalColumnPlan categorical)
            PoolTail(categorical, reference, current, ref minimum, ref table);
        else
            table.Tail = table.Unseen = -1;

        var smallest = -1;
        for (var i = 0; i < reference.Length; i++)
        {
            var rows = (double)reference[i] + current[i];
            if (rows == 0 || i == table.Tail || i == table.Unseen)
                continue;
            if (rows < minimum)
            {
                table.PooledReference += reference[i];
                table.PooledCurrent += current[i];
                continue;
            }

            table.Bins++;
            table.Sum += table.Term(reference[i], current[i]);
            if (smallest < 0 || rows < (double)reference[smallest] + current[smallest])
                smallest = i;
        }

        return table.Finish(minimum, smallest < 0 ? 0 : reference[smallest], smallest < 0 ? 0 : current[smallest], smallest >= 0);
    }

    private static void PoolTail(
        CategoricalColumnPlan plan, ReadOnlySpan<long> reference, ReadOnlySpan<long> current, ref double minimum, ref Pools table)
    {
        table.Tail = plan.Other;
        table.Unseen = plan.Unseen;
        table.PooledReference = reference[plan.Other];
        table.PooledCurrent = current[plan.Other];
        long rarest = long.MaxValue, once = 0;
        for (var i = 0; i < plan.Other; i++)
        {
            rarest = Math.Min(rarest, reference[i]);
            once += reference[i] == 1 && 1.0 + current[i] < minimum ? 1 : 0;
        }

        if (plan.Tail.Length > 0)
        {
            // Three standard deviations above the rarest name that made it: a value that frequent was named whatever the luck.
            minimum = Math.Max(minimum, (rarest + (3 * Math.Sqrt(rarest))) * (((double)table.N + table.M) / table.N));
            once += TailOnce(plan.Tail.Length, reference[plan.Other], rarest);
        }

        double unseenReference = reference[plan.Unseen], unseenCurrent = current[plan.Unseen];
        if (unseenReference == 0)
        {
            if (unseenCurrent / table.M <= (double)once / table.N)
            {
                table.PooledCurrent += unseenCurrent;
                return;
            }

            unseenReference = once;
            table.PooledReference -= once;
        }

        table.AddUnseen(unseenReference, unseenCurrent, minimum);
    }

    /// <summary>
    /// The most values behind the names that can have occurred once, when <paramref name="values"/> of them share
    /// <paramref name="rows"/> and none occurred more often than the rarest name.
    /// </summary>
    private static long TailOnce(long values, long rows, long rarest) =>
        rarest <= 1 ? Math.Min(values, rows) : Math.Clamp(((rarest * values) - rows) / (rarest - 1), 0, Math.Min(values, rows));

    private struct Pools(long n, long m)
    {
        public readonly long N = n;
        public readonly long M = m;
        public int Tail;
        public int Unseen;
        public int Bins;
        public double Sum;
        public double PooledReference;
        public double PooledCurrent;

        // Both cells of a bin together: (r−E)²/E + (c−E′)²/E′ = (r/n − c/m)² · nm/(r+c).
        public readonly double Term(double r, double c)
        {
            var difference = (r / N) - (c / M);
            return difference * difference * N * (M / (r + c));
        }

        public void AddUnseen(double r, double c, double minimum)
        {
            if (r + c < minimum)
            {
                PooledReference += r;
                PooledCurrent += c;
                return;
            }

            Bins++;
            Sum += Term(r, c);
        }

        public double Finish(double minimum, double smallestReference, double smallestCurrent, bool hasSmallest)
        {
            var rows = PooledReference + PooledCurrent;
            if (rows > 0)
            {
                if (rows < minimum && hasSmallest)
                {
                    Sum += Term(PooledReference + smallestReference, PooledCurrent + smallestCurrent) - Term(smallestReference, smallestCurrent);
                }
                else
                {
                    Bins++;
                    Sum += Term(PooledReference, PooledCurrent);
                }
            }

            return Bins < 2 ? 1 : SpecialFunctions.ChiSquareUpperTail(Math.Max(0, Sum), Bins - 1);
        }
    }
}
