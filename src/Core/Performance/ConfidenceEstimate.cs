using Drift.Core.Codec;

namespace Drift.Core.Performance;

/// <summary>
/// Accuracy without labels, from confidence: when scores are calibrated, a row whose predicted class scored 0.9 is right with
/// probability 0.9, so the expected accuracy of a set of rows is the mean score of their predicted classes (the idea of
/// confidence-based performance estimation, CBPE, of NannyML). It cannot see drift that changes what labels mean while scores stay
/// the same (concept drift), and is as good as the calibration: compare with the expected calibration error.
/// Sums are integers in units of 2⁻⁶⁰, so merging is exact. Not thread-safe.
/// </summary>
public sealed class ConfidenceEstimate
{
    private Int128 _sum;

    /// <summary>Rows with a prediction and a valid score of the predicted class, with or without label.</summary>
    public long Rows { get; private set; }

    /// <summary>Expected share of right predictions, 0 to 1; null without rows.</summary>
    public double? Accuracy => Rows == 0 ? null : FixedPoint.Mean(_sum, Rows);

    internal void Add(double confidence)
    {
        Rows++;
        _sum += FixedPoint.Of(confidence);
    }

    internal void Merge(ConfidenceEstimate other)
    {
        Rows += other.Rows;
        _sum += other._sum;
    }

    internal void Clear()
    {
        Rows = 0;
        _sum = 0;
    }

    internal void Write(ByteWriter writer)
    {
        writer.WriteCount(Rows);
        if (Rows > 0)
            writer.WriteInt128(_sum);
    }

    internal void Read(ref ByteReader reader, string what)
    {
        Rows = PerformanceCounts.ReadTally(ref reader, what);
        _sum = Rows > 0 ? FixedPoint.Read(ref reader, Rows, 1, what) : 0;
    }
}

/// <summary>
/// Sums of figures that are bounded (scores, log losses, squared errors of scores) as integers in units of 2⁻⁶⁰: additions commute
/// exactly, and a value above 2⁻⁸ is held without rounding.
/// </summary>
internal static class FixedPoint
{
    private const double UnitsPerOne = 1L << 60;

    public static Int128 Of(double value) => (Int128)Math.Round(value * UnitsPerOne);

    public static double Mean(Int128 sum, long rows) => (double)sum / UnitsPerOne / rows;

    /// <summary>Reads a sum over <paramref name="rows"/> figures between 0 and <paramref name="maximum"/>.</summary>
    public static Int128 Read(ref ByteReader reader, long rows, int maximum, string what)
    {
        var sum = reader.ReadInt128();
        // Counts are at most 2⁵⁶, maxima at most 2⁸: the product fits.
        return sum >= 0 && sum <= ((Int128)rows << 60) * maximum
            ? sum
            : throw new CodecException($"{what}: a sum of {sum} units of 2^-60 over {rows} rows is out of range.");
    }
}
