using Drift.Core.Codec;

namespace Drift.Core.Performance;

/// <summary>
/// Positives and negatives per bin of a score in [0, 1], for ROC AUC. Bins are 1/1024 wide from 1/64 to 63/64; towards 0 and 1
/// there are 16 to every halving of the distance to the end, down to 2⁻²⁶, so that the ranks of rare classes (scores of 10⁻⁵) are
/// told apart as well. Bins are found by bit operations, the same on every machine. Memory comes by pages of 64 bins that are
/// used. Not thread-safe.
/// </summary>
internal sealed class ScoreHistogram
{
    private const int SubBins = 16;
    private const int LowestExponent = -26;
    private const int HighestExponent = -7;
    private const int Tail = 1 + (SubBins * (HighestExponent - LowestExponent + 1));
    private const int Middle = 1024 - (2 * 16) + 1;
    private const int PageBins = 64;

    /// <summary>Number of bins.</summary>
    public const int Bins = Tail + Middle + Tail;

    // Positives at even places, negatives at odd ones.
    private readonly long[]?[] _pages = new long[]?[(Bins + PageBins - 1) / PageBins];

    /// <summary>Rows of the class.</summary>
    public long Positives { get; private set; }

    /// <summary>Rows of other classes.</summary>
    public long Negatives { get; private set; }

    /// <summary>
    /// Area under the ROC curve: the probability that a positive scores above a negative, ties counting half (Mann–Whitney); scores
    /// in one bin count as ties. Null without positives or without negatives.
    /// </summary>
    public double? RocAuc
    {
        get
        {
            if (Positives == 0 || Negatives == 0)
                return null;
            UInt128 twice = 0;
            ulong below = 0;
            for (var bin = 0; bin < Bins; bin++)
            {
                var (positives, negatives) = this[bin];
                twice += (UInt128)(ulong)positives * ((2 * below) + (ulong)negatives);
                below += (ulong)negatives;
            }

            return (double)twice / 2 / Positives / Negatives;
        }
    }

    private (long Positives, long Negatives) this[int bin] =>
        _pages[bin / PageBins] is { } page ? (page[2 * (bin % PageBins)], page[(2 * (bin % PageBins)) + 1]) : default;

    /// <summary>The bin of a score in [0, 1]; higher scores never get a lower bin.</summary>
    public static int BinOf(double score)
    {
        if (score < 1.0 / 64)
            return TailBin(score);
        // 1 − score is exact from one half upwards.
        return score > 63.0 / 64 ? Bins - 1 - TailBin(1 - score) : Tail + (int)(score * 1024) - 16;
    }

    /// <summary>Counts a row.</summary>
    public void Add(double score, bool positive) => Add(BinOf(score), positive ? 1 : 0, positive ? 0 : 1);

    /// <summary>Adds another histogram.</summary>
    public void Merge(ScoreHistogram other)
    {
        for (var i = 0; i < _pages.Length; i++)
        {
            if (other._pages[i] is not { } source)
                continue;
            var target = _pages[i] ??= new long[2 * PageBins];
            for (var k = 0; k < source.Length; k++)
                target[k] += source[k];
        }

        Positives += other.Positives;
        Negatives += other.Negatives;
    }

    /// <summary>Forgets the counts and keeps the pages.</summary>
    public void Clear()
    {
        foreach (var page in _pages)
            page?.AsSpan().Clear();
        Positives = Negatives = 0;
    }

    /// <summary>Encodes the filled bins: gap to the last one, positives, negatives.</summary>
    public void Write(ByteWriter writer)
    {
        var filled = 0;
        for (var bin = 0; bin < Bins; bin++)
            filled += this[bin] == default ? 0 : 1;
        writer.WriteVarint((ulong)filled);
        var last = -1;
        for (var bin = 0; bin < Bins; bin++)
        {
            var (positives, negatives) = this[bin];
            if (positives == 0 && negatives == 0)
                continue;
            writer.WriteVarint((ulong)(bin - last - 1));
            writer.WriteCount(positives);
            writer.WriteCount(negatives);
            last = bin;
        }
    }

    /// <summary>Decodes what <see cref="Write"/> wrote; null when no bin is filled.</summary>
    public static ScoreHistogram? Read(ref ByteReader reader, string what)
    {
        var left = reader.ReadLength(3);
        if (left == 0)
            return null;
        var histogram = new ScoreHistogram();
        var last = -1;
        for (; left > 0; left--)
        {
            last += 1 + reader.ReadInt(Bins);
            if (last >= Bins)
                throw new CodecException($"{what}: score bin {last} is beyond the {Bins} bins.");
            histogram.Add(last, PerformanceCounts.ReadTally(ref reader, what), PerformanceCounts.ReadTally(ref reader, what));
            PerformanceCounts.CheckTally(histogram.Positives, what);
            PerformanceCounts.CheckTally(histogram.Negatives, what);
        }

        return histogram;
    }

    private void Add(int bin, long positives, long negatives)
    {
        var page = _pages[bin / PageBins] ??= new long[2 * PageBins];
        page[2 * (bin % PageBins)] += positives;
        page[(2 * (bin % PageBins)) + 1] += negatives;
        Positives += positives;
        Negatives += negatives;
    }

    private static int TailBin(double distance)
    {
        var bits = BitConverter.DoubleToInt64Bits(distance);
        var exponent = (int)(bits >> 52) - 1023;
        return exponent < LowestExponent ? 0 : 1 + ((exponent - LowestExponent) * SubBins) + ((int)(bits >> 48) & (SubBins - 1));
    }
}
