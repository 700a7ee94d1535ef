using Drift.Core.Codec;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>
/// How a set of rows was served: latencies, tokens and cache answers. All counts are integers, so merging in any order or grouping gives the
/// same bits. Values that cannot be — negative, not finite, beyond <see cref="MaxLatencyMs"/> or <see cref="MaxTokens"/> — are not counted.
/// Not thread-safe.
/// </summary>
public sealed class ServingCounts
{
    /// <summary>The longest latency of a row that is believed, in milliseconds: a day.</summary>
    public const double MaxLatencyMs = 86_400_000;

    /// <summary>The most tokens of a row that are believed.</summary>
    public const double MaxTokens = 1e9;

    private const string What = "serving counts";
    private const long MaxTally = 1L << 56;

    // The upper edges of the latency's bins, in microseconds; one more bin has what is longer. Part of the codec's version.
    private static readonly long[] Edges =
    [
        1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 750_000, 1_000_000, 1_500_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000,
        60_000_000,
    ];

    private readonly long[] _latencies = new long[Edges.Length + 1];

    /// <summary>The upper edges of the bins of latencies, in seconds.</summary>
    public static IReadOnlyList<double> LatencySeconds { get; } = [.. Edges.Select(e => e / 1e6)];

    /// <summary>Rows with a latency.</summary>
    public long Timed { get; private set; }

    /// <summary>The sum of their latencies, in microseconds.</summary>
    public long LatencyMicroseconds { get; private set; }

    /// <summary>Tokens of prompts.</summary>
    public long PromptTokens { get; private set; }

    /// <summary>Tokens of answers.</summary>
    public long CompletionTokens { get; private set; }

    /// <summary>Rows whose answer a cache had.</summary>
    public long CacheHits { get; private set; }

    /// <summary>Rows whose answer a cache was asked for and had not.</summary>
    public long CacheMisses { get; private set; }

    /// <summary>Whether nothing was counted.</summary>
    public bool IsEmpty => Timed == 0 && PromptTokens == 0 && CompletionTokens == 0 && CacheHits == 0 && CacheMisses == 0;

    /// <summary>The latency of a row in milliseconds; false when it has none that is believed.</summary>
    public static bool TryLatency(RowBatch batch, int row, out double milliseconds) => TryNumber(batch.Serving.LatencyMs, row, MaxLatencyMs, out milliseconds);

    /// <summary>The tokens of a row; false when it has none that are believed.</summary>
    public static bool TryTokens(Cells cells, int row, out long tokens)
    {
        var known = TryNumber(cells, row, MaxTokens, out var number) && Math.Floor(number) == number;
        tokens = known ? (long)number : 0;
        return known;
    }

    /// <summary>Counts the given rows of a batch.</summary>
    public void Add(RowBatch batch, ReadOnlySpan<int> rows)
    {
        var serving = batch.Serving;
        foreach (var row in rows)
        {
            if (TryLatency(batch, row, out var milliseconds))
            {
                var microseconds = (long)Math.Round(milliseconds * 1000);
                Timed++;
                LatencyMicroseconds += microseconds;
                _latencies[BinOf(microseconds)]++;
            }

            if (TryTokens(serving.PromptTokens, row, out var tokens))
                PromptTokens += tokens;
            if (TryTokens(serving.CompletionTokens, row, out tokens))
                CompletionTokens += tokens;
            if (serving.Cache.Tag(row) != CellTag.Boolean)
                continue;
            if (serving.Cache.Number(row) != 0)
                CacheHits++;
            else
                CacheMisses++;
        }
    }

    /// <summary>Adds the counts of others.</summary>
    public void Merge(ServingCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Timed += other.Timed;
        LatencyMicroseconds += other.LatencyMicroseconds;
        PromptTokens += other.PromptTokens;
        CompletionTokens += other.CompletionTokens;
        CacheHits += other.CacheHits;
        CacheMisses += other.CacheMisses;
        for (var bin = 0; bin < _latencies.Length; bin++)
            _latencies[bin] += other._latencies[bin];
    }

    /// <summary>
    /// The latency in milliseconds below which a share of the rows lies, interpolated within its bin as Prometheus does it; beyond the last
    /// edge it is that edge. Null without latencies.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    public double? LatencyQuantileMs(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        if (Timed == 0)
            return null;
        var rank = share * Timed;
        var below = 0L;
        for (var bin = 0; bin < Edges.Length; bin++)
        {
            var count = _latencies[bin];
            if (count > 0 && below + count >= rank)
            {
                var from = bin == 0 ? 0 : Edges[bin - 1];
                return (from + ((Edges[bin] - from) * Math.Max(0, rank - below) / count)) / 1000;
            }

            below += count;
        }

        return Edges[^1] / 1000.0;
    }

    /// <summary>Forgets the counts.</summary>
    public void Clear()
    {
        Timed = LatencyMicroseconds = PromptTokens = CompletionTokens = CacheHits = CacheMisses = 0;
        _latencies.AsSpan().Clear();
    }

    /// <summary>Encodes the counts, without frame.</summary>
    public void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteCount(LatencyMicroseconds);
        writer.WriteCount(PromptTokens);
        writer.WriteCount(CompletionTokens);
        writer.WriteCount(CacheHits);
        writer.WriteCount(CacheMisses);
        foreach (var count in _latencies)
            writer.WriteCount(count);
    }

    /// <summary>Takes the counts that <see cref="Write"/> wrote in place of its own.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public void Read(ref ByteReader reader)
    {
        LatencyMicroseconds = ReadTally(ref reader);
        PromptTokens = ReadTally(ref reader);
        CompletionTokens = ReadTally(ref reader);
        CacheHits = ReadTally(ref reader);
        CacheMisses = ReadTally(ref reader);
        Timed = 0;
        for (var bin = 0; bin < _latencies.Length; bin++)
            Timed += _latencies[bin] = ReadTally(ref reader);
    }

    private static bool TryNumber(Cells cells, int row, double most, out double number)
    {
        number = cells.Tag(row) == CellTag.Number ? cells.Number(row) : double.NaN;
        return number >= 0 && number <= most;
    }

    private static int BinOf(long microseconds)
    {
        var bin = Edges.AsSpan().BinarySearch(microseconds);
        return bin < 0 ? ~bin : bin;
    }

    // So that counts of several decoded parts add without overflow.
    private static long ReadTally(ref ByteReader reader)
    {
        var count = reader.ReadCount();
        return count <= MaxTally ? count : throw new CodecException($"{What}: {count} is more than can be.");
    }
}
