using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>
/// The rows of small batches that wait for one model, side by side: they are binned as one batch, and what they were read with is free for the
/// next request while it is still in the processor's cache. Rows are added under the lane's lock until it is sealed, then only read; it goes back
/// to its pool when the last batch has left. Thread-safe but for adding.
/// </summary>
internal sealed class GatheredRows(IngestScratchPool pool)
{
    /// <summary>The most rows of a batch that is gathered: copying more costs as much as it saves.</summary>
    private const int FewRows = 16;

    /// <summary>The most memory of such a batch, in bytes.</summary>
    private const long SmallBatch = 4 * 1024;

    /// <summary>Cells, missing ones included, after which it takes no more: columns that few rows name take memory for all.</summary>
    private const long MostCells = 64 * 1024;

    /// <summary>The memory of rows after which it takes no more, in bytes.</summary>
    private const long MostBytes = 1024 * 1024;

    private readonly IngestScratch _scratch = pool.Rent();
    private long _bytes;

    // The lane that adds to it, and each batch that has rows in it.
    private int _users = 1;

    /// <summary>All rows, each with its time.</summary>
    public RowBatch Rows => _scratch.Rows;

    /// <summary>Whether a batch is one of those that are gathered.</summary>
    public static bool Takes(WaitingBatch batch) => batch.Count <= FewRows && batch.Bytes <= SmallBatch;

    /// <summary>Adds the rows of a batch and gives the first one's place; −1 when it takes no more.</summary>
    /// <param name="rows">The rows; the caller's again afterwards.</param>
    /// <param name="bytes">The memory that they take.</param>
    /// <param name="at">The time of rows that have none.</param>
    public int TryAdd(RowBatch rows, long bytes, DateTimeOffset at)
    {
        var first = Rows.Count;
        if (_bytes + bytes > MostBytes || (first + rows.Count) * (Columns(Rows) + Columns(rows)) > MostCells)
            return -1;
        _bytes += bytes;
        for (var row = 0; row < rows.Count; row++)
        {
            Rows.AddRowOf(rows, row);
            if (rows.Time(row) == 0)
                Rows.SetTime(first + row, at.UtcTicks);
        }

        Interlocked.Increment(ref _users);
        return first;
    }

    /// <summary>Copies rows into a batch of their own.</summary>
    public RowBatch Copy(int first, int count)
    {
        var rows = new RowBatch();
        for (var row = first; row < first + count; row++)
            rows.AddRowOf(Rows, row);
        return rows;
    }

    /// <summary>The lane, or a batch, needs it no more.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            pool.Return(_scratch, (int)Math.Min(_bytes, int.MaxValue));
    }

    private static long Columns(RowBatch rows) => rows.Features.Count + rows.Segments.Count + rows.ClassScores.Count;
}
