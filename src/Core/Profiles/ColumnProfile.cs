using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>
/// The counts of one column under its plan. All counts and sums are integers, so merging in any order or grouping gives the same
/// bits. Not thread-safe.
/// </summary>
public abstract class ColumnProfile
{
    private const long MaxTally = 1L << 56;

    /// <summary>Cells without a value.</summary>
    public long Missing { get; private protected set; }

    /// <summary>Cells whose value is of another type than the column.</summary>
    public long Mismatched { get; private protected set; }

    /// <summary>Cells with a number that is not finite.</summary>
    public long NonFinite { get; private protected set; }

    /// <summary>Cells with a usable value.</summary>
    public abstract long Values { get; }

    /// <summary>All cells that were counted: with value, missing, mismatched and not finite.</summary>
    public long Rows => Values + Missing + Mismatched + NonFinite;

    /// <summary>Counts rows of a column.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cells">The column in the batch; null when no row names it.</param>
    /// <param name="rows">Which rows, in any order.</param>
    /// <param name="consecutive">Whether each row is the one after the last: then a column can be counted without asking row by row.</param>
    internal abstract void Add(RowBatch batch, Cells? cells, ReadOnlySpan<int> rows, bool consecutive);

    internal virtual void Merge(ColumnProfile other)
    {
        Missing += other.Missing;
        Mismatched += other.Mismatched;
        NonFinite += other.NonFinite;
    }

    internal virtual void Clear() => Missing = Mismatched = NonFinite = 0;

    internal virtual void Write(ByteWriter writer)
    {
        writer.WriteCount(Missing);
        writer.WriteCount(Mismatched);
        writer.WriteCount(NonFinite);
    }

    internal virtual void Read(ref ByteReader reader)
    {
        Missing = ReadTally(ref reader);
        Mismatched = ReadTally(ref reader);
        NonFinite = ReadTally(ref reader);
    }

    /// <summary>The profile of a column without any rows.</summary>
    internal static ColumnProfile Create(ColumnPlan plan) => plan switch
    {
        NumericColumnPlan numeric => new NumericProfile(numeric),
        CategoricalColumnPlan categorical => new CategoricalProfile(categorical),
        EmbeddingColumnPlan embedding => new EmbeddingProfile(embedding),
        _ => throw new ArgumentException($"Column plan {plan.GetType().Name} has no profile.", nameof(plan)),
    };

    // Labels come later: a row without one is not a row with a missing label.
    private protected void CountMissing(ColumnPlan plan, long cells)
    {
        if (plan.Role != ColumnRole.Label)
            Missing += cells;
    }

    /// <summary>Writes the non-zero counts as (gap to the last index, value) pairs.</summary>
    private protected static void WriteSparse(ByteWriter writer, ReadOnlySpan<long> values)
    {
        var filled = values.Length - values.Count(0);
        writer.WriteVarint((ulong)filled);
        var last = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == 0)
                continue;
            writer.WriteVarint((ulong)(i - last - 1));
            writer.WriteCount(values[i]);
            last = i;
        }
    }

    private protected static void ReadSparse(ref ByteReader reader, Span<long> values, string what)
    {
        values.Clear();
        var last = -1L;
        var total = 0L;
        for (var left = reader.ReadLength(2); left > 0; left--)
        {
            last += 1L + reader.ReadInt(int.MaxValue);
            if (last >= values.Length)
                throw new CodecException($"{what}: bin {last} is beyond the plan's {values.Length} bins; the bytes belong to another plan.");
            values[(int)last] = ReadTally(ref reader);
            total += values[(int)last];
            if (total > MaxTally)
                throw new CodecException($"{what}: {total} values are more than can be.");
        }
    }

    /// <summary>Reads a count of cells: at most 2⁵⁶, so that counts of a column and of several decoded parts add without overflow.</summary>
    private protected static long ReadTally(ref ByteReader reader)
    {
        var count = reader.ReadCount();
        return count <= MaxTally ? count : throw new CodecException($"profile: {count} cells are more than can be.");
    }

    /// <summary>
    /// Adds fixed-point sums. 2⁶³ is reached by 134 million values 65 536 standard deviations away: the mean is meaningless there, the
    /// counts are not.
    /// </summary>
    private protected static long Saturate(long a, long b)
    {
        unchecked
        {
            var sum = a + b;
            return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? long.MinValue : long.MaxValue) : sum;
        }
    }

    private protected static long Total(ReadOnlySpan<long> counts)
    {
        long total = 0;
        foreach (var count in counts)
            total += count;
        return total;
    }

    private protected static void AddTo(Span<long> target, ReadOnlySpan<long> source)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] += source[i];
    }
}
