using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

/// <summary>Plain binning of raw values, as a profile does it.</summary>
internal sealed class Binned
{
    private Binned(int bins)
    {
        Counts = new long[bins];
        OffsetSums = new double[bins];
    }

    public long[] Counts { get; }

    public double[] OffsetSums { get; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    public static Binned Of(IEnumerable<double> values, double[] innerEdges)
    {
        var result = new Binned(innerEdges.Length + 1);
        foreach (var value in values)
        {
            var bin = innerEdges.Count(edge => edge <= value);
            result.Counts[bin]++;
            result.OffsetSums[bin] += value - NumericBins.Origin(innerEdges, bin);
            result.Min = Math.Min(result.Min, value);
            result.Max = Math.Max(result.Max, value);
        }

        return result;
    }

    public NumericBins AsBins() => new(Counts, OffsetSums, Min, Max);
}
