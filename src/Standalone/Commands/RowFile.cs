using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Standalone.Commands;

/// <summary>A CSV file's rows in memory, read as the server would read them.</summary>
internal static class RowFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It cannot be read; the message names file, line and what is wrong.</exception>
    public static async Task<RowBatch> ReadAsync(string path, string purpose, CsvRoles roles, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {e.Message}", e);
        }

        if (bytes.Length == 0)
            throw new CommandException($"{path}: the file is empty; a CSV with a header line is expected.");
        var rows = new RowBatch();
        try
        {
            LocalCsv.Read(bytes, rows, purpose, roles.Id, roles.Prediction, roles.Score, roles.Label, roles.Ignore);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException($"{path}: {e.Message}", e);
        }

        return rows;
    }

    /// <summary>The range itself, or all rows when none was asked for.</summary>
    /// <exception cref="CommandException">The file has fewer rows than the range asks for.</exception>
    public static RowRange RangeOf(string path, RowBatch rows, string option, RowRange? asked)
    {
        var range = asked ?? new RowRange(0, rows.Count);
        return range.To <= rows.Count
            ? range
            : throw new CommandException($"{path} has {rows.Count} rows, {option} {range} asks for more.");
    }

    /// <summary>The names of the features, the first thirty of them, for messages.</summary>
    public static string FeaturesOf(RowBatch rows) => string.Join(", ", rows.Features.Select(f => f.Name).Take(30));

    /// <summary>A batch of some of the rows of another.</summary>
    public static RowBatch Slice(RowBatch source, RowRange range)
    {
        if (range == new RowRange(0, source.Count))
            return source;
        var slice = new RowBatch();
        for (var row = range.From; row < range.To; row++)
        {
            var to = slice.AddRow();
            slice.SetTime(to, source.Time(row));
            if (source.Id(row) is var id and >= 0)
                slice.SetId(to, slice.Texts.Add(source.Texts[id]));
        }

        foreach (var cells in source.Features)
            Copy(cells, slice.Feature(cells.Name));
        foreach (var cells in source.Segments)
            Copy(cells, slice.Segment(cells.Name));
        foreach (var cells in source.ClassScores)
            Copy(cells, slice.ClassScore(cells.Name));
        Copy(source.Prediction, slice.Prediction);
        Copy(source.Score, slice.Score);
        Copy(source.Label, slice.Label);
        Copy(source.Serving.Adapter, slice.Serving.Adapter);
        Copy(source.Serving.LatencyMs, slice.Serving.LatencyMs);
        Copy(source.Serving.PromptTokens, slice.Serving.PromptTokens);
        Copy(source.Serving.CompletionTokens, slice.Serving.CompletionTokens);
        Copy(source.Serving.Cache, slice.Serving.Cache);
        return slice;

        void Copy(Cells from, Cells into)
        {
            for (var row = range.From; row < range.To; row++)
            {
                var to = row - range.From;
                switch (from.Tag(row))
                {
                    case CellTag.Number:
                        into.SetNumber(to, from.Number(row), from.Text(row) is var text and >= 0 ? slice.Texts.Add(source.Texts[text]) : -1);
                        break;
                    case CellTag.Text:
                        into.SetText(to, slice.Texts.Add(source.Texts[from.Text(row)]));
                        break;
                    case CellTag.Boolean:
                        into.SetBoolean(to, from.Number(row) != 0);
                        break;
                    case CellTag.Vector:
                        into.SetVector(to, from.Vector(row));
                        break;
                    case CellTag.Invalid:
                        into.SetInvalid(to);
                        break;
                }
            }
        }
    }
}

/// <summary>Which header names play a role; null for the default names.</summary>
internal sealed record CsvRoles(string? Id, string? Prediction, string? Score, string? Label, IReadOnlyList<string> Ignore);
