using System.Collections.Concurrent;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>What one ingest request works with: costly to make, so it is kept for the next. Used by one request at a time.</summary>
internal sealed class IngestScratch
{
    private const int SmallBody = 16 * 1024;
    private const int SmallUses = 64;

    private RowBatch? _kept;
    private long _retained;
    private int _uses;

    public RowBatch Rows { get; private set; } = new();

    /// <summary>Takes the rows that are kept when some are left out.</summary>
    public RowBatch Kept => _kept ??= new RowBatch();

    /// <summary>Makes the kept rows the rows.</summary>
    public void Swap() => (Rows, _kept) = (Kept, Rows);

    /// <summary>Forgets all rows and gives the memory that is kept, in bytes.</summary>
    /// <param name="bodyBytes">The body that it was used for: small ones add so little that they are summed up now and then only.</param>
    public long Clear(int bodyBytes)
    {
        Rows.Clear();
        _kept?.Clear();
        if (bodyBytes > SmallBody || _uses++ % SmallUses == 0)
            _retained = Rows.RetainedBytes + (_kept?.RetainedBytes ?? 0);
        return _retained;
    }
}

/// <summary>
/// Keeps <see cref="IngestScratch"/> up to a limit of memory, so that as many requests as usually wait at a time find one; those that grew
/// large are dropped, so that one large batch does not hold its memory for good. Thread-safe.
/// </summary>
internal sealed class IngestScratchPool
{
    private const int LargestBody = 8 * 1024 * 1024;

    // Numbers written short, and columns that few rows name, take more memory than their body did.
    private const long LargestScratch = 16 * 1024 * 1024;

    private const long MostBytes = 4 * LargestScratch;

    // What an empty one takes, roughly, and so much that there are 4096 at the most.
    private const long Overhead = MostBytes / 4096;

    // The last one that came back first: the processor has it at hand.
    private readonly ConcurrentStack<(IngestScratch Scratch, long Bytes)> _free = [];
    private long _bytes;

    public IngestScratch Rent()
    {
        if (!_free.TryPop(out var free))
            return new IngestScratch();
        Interlocked.Add(ref _bytes, -free.Bytes);
        return free.Scratch;
    }

    public void Return(IngestScratch scratch, int bodyBytes)
    {
        if (bodyBytes > LargestBody)
            return;
        var bytes = scratch.Clear(bodyBytes) + Overhead;
        if (bytes > LargestScratch)
            return;
        if (Interlocked.Add(ref _bytes, bytes) > MostBytes)
            Interlocked.Add(ref _bytes, -bytes);
        else
            _free.Push((scratch, bytes));
    }
}
