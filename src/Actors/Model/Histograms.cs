using Drift.Core.Detection;
using Drift.Core.Profiles;
using Drift.Core.Settings;

namespace Drift.Actors.Model;

/// <summary>Lays a column's reference and current counts side by side.</summary>
internal static class Histograms
{
    public static IReadOnlyList<BinComparison> Coarse(ColumnProfile reference, ColumnProfile current, ModelSettings settings)
    {
        if (reference is CategoricalProfile categorical)
        {
            var names = categorical.Plan.Names.Append(CoarseTable.OtherName).Append(CoarseTable.UnseenName).Append(CoarseTable.MissingName).ToArray();
            return Compare(Table(reference, settings), Table(current, settings), i => new BinComparison { Category = names[i] }, dropEmpty: true);
        }

        if (reference is not NumericProfile numeric)
            return [];
        var edges = CoarseTable.CoarseEdges(numeric.Plan, settings.Bins);
        return Compare(
            Table(reference, settings),
            Table(current, settings),
            i => i > edges.Count ? new BinComparison { Category = CoarseTable.MissingName } : Between(edges, i),
            dropEmpty: false);
    }

    public static IReadOnlyList<BinComparison> Fine(NumericProfile reference, NumericProfile current) =>
        Compare(reference.Counts.ToArray(), current.Counts.ToArray(), i => Between(reference.Plan.InnerEdges, i), dropEmpty: false);

    public static NumericSummary? Summarize(ColumnProfile profile) =>
        profile is NumericProfile { Values: > 0 } numeric
            ? new NumericSummary(numeric.Values, numeric.Mean, numeric.StandardDeviation, numeric.Minimum, numeric.Maximum)
            : null;

    private static long[] Table(ColumnProfile profile, ModelSettings settings)
    {
        var counts = new long[CoarseTable.MaxBins(profile)];
        return counts[..CoarseTable.Fill(profile, settings.Bins, settings.Missing, counts)];
    }

    private static BinComparison Between(IReadOnlyList<double> edges, int bin) => new()
    {
        From = bin == 0 ? null : edges[bin - 1],
        To = bin == edges.Count ? null : edges[bin],
    };

    private static List<BinComparison> Compare(long[] reference, long[] current, Func<int, BinComparison> name, bool dropEmpty)
    {
        long n = reference.Sum(), m = current.Sum();
        var bins = new List<BinComparison>(reference.Length);
        for (var i = 0; i < reference.Length; i++)
        {
            if (dropEmpty && reference[i] == 0 && current[i] == 0)
                continue;
            bins.Add(name(i) with
            {
                Reference = reference[i],
                Current = current[i],
                ReferenceShare = n == 0 ? 0 : (double)reference[i] / n,
                CurrentShare = m == 0 ? 0 : (double)current[i] / m,
            });
        }

        return bins;
    }
}
