using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>Copies some rows of a batch into another. Only batches with refused rows come here.</summary>
internal static class RowFilter
{
    /// <summary>Fills <paramref name="into"/> with all rows of <paramref name="from"/> but those refused.</summary>
    /// <param name="from">The batch.</param>
    /// <param name="refused">The rows to leave out, ascending.</param>
    /// <param name="into">Emptied first.</param>
    public static void CopyWithout(RowBatch from, IReadOnlyList<int> refused, RowBatch into)
    {
        into.Clear();
        var next = 0;
        for (var row = 0; row < from.Count; row++)
        {
            if (next < refused.Count && refused[next] == row)
            {
                next++;
                continue;
            }

            into.AddRowOf(from, row);
        }
    }
}
