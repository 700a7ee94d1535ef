using System.Collections.Concurrent;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>What one ingest request works with: costly to make, so it is kept for the next. Used by one request at a time.</summary>
internal sealed class IngestScratch
{
    private RowBatch? _kept;

    public RowBatch Rows { get; private set; } = new();

    /// <summary>Takes the rows that are kept when some are left out.</summary>
    public RowBatch Kept => _kept ??= new RowBatch();

    /// <summary>Makes the kept rows the rows.</summary>
    public void Swap() => (Rows, _kept) = (Kept, Rows);

    /// <summary>Forgets all rows and gives the memory that is kept, in bytes.</summary>
    public long Clear()
    {
        Rows.Clear();
        _kept?.Clear();
        return Rows.RetainedBytes + (_kept?.RetainedBytes ?? 0);
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
    private const int Most = 4096;

    // What an empty one takes, roughly.
    private const long Overhead = 4 * 1024;

    private readonly ConcurrentQueue<(IngestScratch Scratch, long Bytes)> _free = [];
    private long _bytes;

    public IngestScratch Rent()
    {
        if (!_free.TryDequeue(out var free))
            return new IngestScratch();
        Interlocked.Add(ref _bytes, -free.Bytes);
        return free.Scratch;
    }

    public void Return(IngestScratch scratch, int bodyBytes)
    {
        if (bodyBytes > LargestBody || _free.Count >= Most)
            return;
        var bytes = scratch.Clear() + Overhead;
        if (bytes > LargestScratch)
            return;
        if (Interlocked.Add(ref _bytes, bytes) > MostBytes)
            Interlocked.Add(ref _bytes, -bytes);
        else
            _free.Enqueue((scratch, bytes));
    }
}
