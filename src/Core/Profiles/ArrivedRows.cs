using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>Rows to bin: those of a batch from <paramref name="First"/> on.</summary>
/// <param name="Rows">The batch; only read.</param>
/// <param name="At">Time of arrival: the event time of rows without one, and what ages are measured from.</param>
/// <param name="First">The first row.</param>
/// <param name="Count">How many rows.</param>
public readonly record struct ArrivedRows(RowBatch Rows, DateTimeOffset At, int First, int Count)
{
    /// <summary>All rows of a batch.</summary>
    public ArrivedRows(RowBatch rows, DateTimeOffset at)
        : this(rows, at, 0, rows.Count)
    {
    }
}
