using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Settings;

namespace Drift.Core.Detection;

/// <summary>The 2×B table of counts that a column's statistics are computed from, and the names of its bins.</summary>
public static class CoarseTable
{
    /// <summary>Name of the bin of reference values beyond the named categories.</summary>
    public const string OtherName = "(other)";

    /// <summary>Name of the bin of values that the reference never had.</summary>
    public const string UnseenName = "(unseen)";

    /// <summary>Name of the bin of rows without a usable value.</summary>
    public const string MissingName = "(missing)";

    /// <summary>The most bins that a column's table can have.</summary>
    public static int MaxBins(ColumnPlan plan) => plan switch
    {
        NumericColumnPlan numeric => numeric.Bins + 1,
        CategoricalColumnPlan categorical => categorical.Bins + 1,
        _ => 0,
    };

    /// <summary>The most bins that the table of a profile's column can have.</summary>
    public static int MaxBins(ColumnProfile profile) => profile switch
    {
        NumericProfile numeric => MaxBins(numeric.Plan),
        CategoricalProfile categorical => MaxBins(categorical.Plan),
        _ => 0,
    };

    /// <summary>The inner edges of a numeric column's coarse bins.</summary>
    public static IReadOnlyList<double> CoarseEdges(NumericColumnPlan plan, BinMode bins)
    {
        var coarseOf = CoarseOf(plan, bins);
        var edges = new List<double>();
        for (var i = 1; i < coarseOf.Length; i++)
        {
            if (coarseOf[i] != coarseOf[i - 1])
                edges.Add(plan.Edges[i - 1]);
        }

        return edges;
    }

    /// <summary>
    /// Fills the counts of one side, coarse bins first, then (<see cref="MissingMode.Bin"/>) the rows without a usable value:
    /// missing, of another type, or not finite. Gives the number of bins, the same for every profile of the column.
    /// </summary>
    public static int Fill(ColumnProfile profile, BinMode bins, MissingMode missing, Span<long> counts)
    {
        int used;
        switch (profile)
        {
            case NumericProfile numeric:
                var coarseOf = CoarseOf(numeric.Plan, bins);
                used = coarseOf[^1] + 1;
                var fine = numeric.Counts[..coarseOf.Length];
                var bin = 0;
                long sum = 0;
                for (var i = 0; i < fine.Length; i++)
                {
                    // Coarse bins ascend with the fine ones, so each is written once.
                    if (coarseOf[i] != bin)
                    {
                        counts[bin] = sum;
                        bin = coarseOf[i];
                        sum = 0;
                    }

                    sum += fine[i];
                }

                counts[bin] = sum;
                break;
            case CategoricalProfile categorical:
                used = categorical.Counts.Length;
                categorical.Counts.CopyTo(counts);
                break;
            default:
                return 0;
        }

        if (missing == MissingMode.Bin)
            counts[used++] = profile.Missing + profile.Mismatched + profile.NonFinite;
        return used;
    }

    /// <summary>
    /// Removes the bins that are empty on both sides, which say nothing and would only add smoothing, and gives how many are left.
    /// </summary>
    public static int DropEmpty(Span<long> reference, Span<long> current)
    {
        var kept = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            if (reference[i] == 0 && current[i] == 0)
                continue;
            reference[kept] = reference[i];
            current[kept++] = current[i];
        }

        return kept;
    }

    internal static ushort[] CoarseOf(NumericColumnPlan plan, BinMode bins) => bins == BinMode.Quantile ? plan.DecileOf : plan.AutoOf;
}
