using Drift.Actors;
using Drift.Core.Profiles;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>The rows of a batch that carry an id, as the prediction log keeps them.</summary>
internal static class PredictionRecords
{
    /// <summary>The records, in order of rows.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="segments">The columns that slice.</param>
    /// <param name="now">Event time of rows without one.</param>
    public static IReadOnlyList<PredictionRecord> Of(RowBatch rows, IReadOnlyList<string> segments, DateTimeOffset now)
    {
        List<PredictionRecord>? records = null;
        (string Name, Cells Cells, Cells? Instead)[]? slices = null;
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows.Id(row) is not (var id and >= 0))
                continue;
            records ??= new List<PredictionRecord>(rows.Count - row);
            slices ??= [.. Profiler.SlicingOf(rows, segments)];
            records.Add(new PredictionRecord
            {
                Id = rows.Texts.GetString(id),
                Time = rows.Time(row) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : now,
                Prediction = rows.Prediction.Category(row, rows.Texts),
                Score = ScoreOf(rows.Score, row),
                ClassScores = ClassScoresOf(rows, row),
                Label = rows.Label.Category(row, rows.Texts),
                Segments = slices.Length == 0 ? [] : SegmentsOf(rows, slices, row),
            });
        }

        return records ?? (IReadOnlyList<PredictionRecord>)[];
    }

    // A score that is not finite is a defect of the row, which the profile counts; the log has no place for it.
    private static double? ScoreOf(Cells cells, int row) =>
        cells.Tag(row) == CellTag.Number && double.IsFinite(cells.Number(row)) ? cells.Number(row) : null;

    private static Dictionary<string, double>? ClassScoresOf(RowBatch rows, int row)
    {
        Dictionary<string, double>? scores = null;
        foreach (var cells in rows.ClassScores)
        {
            if (ScoreOf(cells, row) is { } score)
                (scores ??= new Dictionary<string, double>(rows.ClassScores.Count, StringComparer.Ordinal))[cells.Name] = score;
        }

        return scores;
    }

    private static List<string> SegmentsOf(RowBatch rows, (string Name, Cells Cells, Cells? Instead)[] slices, int row)
    {
        var segments = new List<string>(slices.Length);
        foreach (var (name, cells, instead) in slices)
        {
            if (instead?.Tag(row) != CellTag.Text && cells.Category(row, rows.Texts) is { } value)
                segments.Add(Profiler.SegmentOf(name, value));
        }

        return segments;
    }
}
