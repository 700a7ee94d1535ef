using System.Collections.Concurrent;
using Drift.Core.Profiles;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>What one ingest request works with: costly to make, so it is kept for the next. Used by one request at a time.</summary>
internal sealed class IngestScratch
{
    public RowBatch Rows { get; private set; } = new();

    /// <summary>Takes the rows that are kept when some are left out.</summary>
    public RowBatch Kept { get; private set; } = new();

    public Profiler Profiler { get; } = new();

    /// <summary>Makes the kept rows the rows.</summary>
    public void Swap() => (Rows, Kept) = (Kept, Rows);
}

/// <summary>
/// Keeps a few <see cref="IngestScratch"/>; those that grew large are dropped, so that one large batch does not hold its memory for
/// good. Thread-safe.
/// </summary>
internal sealed class IngestScratchPool
{
    private const int LargestBody = 8 * 1024 * 1024;

    // Numbers written short, and columns that few rows name, take more memory than their body did.
    private const long LargestScratch = 16 * 1024 * 1024;

    private readonly ConcurrentBag<IngestScratch> _free = [];
    private readonly int _most = 4 * Environment.ProcessorCount;

    public IngestScratch Rent() => _free.TryTake(out var scratch) ? scratch : new IngestScratch();

    public void Return(IngestScratch scratch, int bodyBytes)
    {
        if (bodyBytes > LargestBody || _free.Count >= _most)
            return;
        scratch.Rows.Clear();
        scratch.Kept.Clear();
        if (scratch.Rows.RetainedBytes + scratch.Kept.RetainedBytes > LargestScratch)
            return;
        _free.Add(scratch);
    }
}
