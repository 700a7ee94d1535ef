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

            var target = into.AddRow();
            into.SetTime(target, from.Time(row));
            if (from.Id(row) is var id and >= 0)
                into.SetId(target, into.Texts.Add(from.Texts[id]));
            foreach (var cells in from.Features)
                Copy(from, cells, row, into, into.Feature(cells.Name), target);
            foreach (var cells in from.Segments)
                Copy(from, cells, row, into, into.Segment(cells.Name), target);
            foreach (var cells in from.ClassScores)
                Copy(from, cells, row, into, into.ClassScore(cells.Name), target);
            Copy(from, from.Prediction, row, into, into.Prediction, target);
            Copy(from, from.Score, row, into, into.Score, target);
            Copy(from, from.Label, row, into, into.Label, target);
            Copy(from, from.Serving.Adapter, row, into, into.Serving.Adapter, target);
            Copy(from, from.Serving.LatencyMs, row, into, into.Serving.LatencyMs, target);
            Copy(from, from.Serving.PromptTokens, row, into, into.Serving.PromptTokens, target);
            Copy(from, from.Serving.CompletionTokens, row, into, into.Serving.CompletionTokens, target);
            Copy(from, from.Serving.Cache, row, into, into.Serving.Cache, target);
        }
    }

    private static void Copy(RowBatch from, Cells source, int row, RowBatch into, Cells target, int targetRow)
    {
        switch (source.Tag(row))
        {
            case CellTag.Number:
                var written = source.Text(row);
                target.SetNumber(targetRow, source.Number(row), written < 0 ? -1 : into.Texts.Add(from.Texts[written]));
                break;
            case CellTag.Text:
                target.SetText(targetRow, into.Texts.Add(from.Texts[source.Text(row)]));
                break;
            case CellTag.Boolean:
                target.SetBoolean(targetRow, source.Number(row) != 0);
                break;
            case CellTag.Vector:
                target.SetVector(targetRow, source.Vector(row));
                break;
            case CellTag.Invalid:
                target.SetInvalid(targetRow);
                break;
        }
    }
}
