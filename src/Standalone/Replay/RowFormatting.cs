using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Drift.Core.Rows;
using Drift.Standalone.Client;

namespace Drift.Standalone.Replay;

/// <summary>How rows are written for the server.</summary>
internal enum SendFormat
{
    /// <summary>One JSON object with <c>rows</c>.</summary>
    Json,

    /// <summary>One JSON object per line.</summary>
    Ndjson,

    /// <summary>CSV with the API's own column names, so that no column has to be mapped again.</summary>
    Csv,
}

/// <summary>
/// Writes rows of a batch the way the API reads them, so that the server sees what was in memory: a number stays a number, and a
/// number of a column of categories is sent as it was written. Rows carry their event times only when asked.
/// </summary>
internal sealed class RowFormatting(SendFormat format, IReadOnlySet<string> categorical, bool keepTimes)
{
    private static readonly JsonEncodedText Features = JsonEncodedText.Encode("features");

    /// <summary>Writes a range of rows.</summary>
    public RowPayload Write(RowBatch rows, int from, int count)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        switch (format)
        {
            case SendFormat.Json:
                using (var json = new Utf8JsonWriter(output))
                {
                    json.WriteStartObject();
                    json.WriteStartArray("rows");
                    for (var row = from; row < from + count; row++)
                        WriteRow(json, rows, row);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                return new RowPayload(output.WrittenMemory, MediaTypeNames.Application.Json);
            case SendFormat.Ndjson:
                using (var json = new Utf8JsonWriter(output))
                {
                    for (var row = from; row < from + count; row++)
                    {
                        WriteRow(json, rows, row);
                        json.Flush();
                        output.Write("\n"u8);
                        json.Reset();
                    }
                }

                return new RowPayload(output.WrittenMemory, "application/x-ndjson");
            default:
                WriteCsv(output, rows, from, count);
                return new RowPayload(output.WrittenMemory, "text/csv");
        }
    }

    private static string TimeOf(long ticks) =>
        new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private void WriteRow(Utf8JsonWriter json, RowBatch rows, int row)
    {
        json.WriteStartObject();
        if (rows.Id(row) is var id and >= 0)
            json.WriteString("id"u8, rows.Texts[id]);
        if (keepTimes && rows.Time(row) is var ticks and not 0)
            json.WriteString("ts"u8, TimeOf(ticks));
        json.WriteStartObject(Features);
        foreach (var cells in rows.Features)
            WriteCell(json, cells.Name, rows, cells, row, categorical.Contains(cells.Name));
        json.WriteEndObject();
        WriteCell(json, "prediction", rows, rows.Prediction, row, asName: false);
        WriteCell(json, "score", rows, rows.Score, row, asName: false);
        WriteObject(json, "score", rows, rows.ClassScores, row);
        WriteCell(json, "label", rows, rows.Label, row, asName: false);
        WriteObject(json, "segment", rows, rows.Segments, row);
        WriteCell(json, "adapter", rows, rows.Serving.Adapter, row, asName: false);
        WriteCell(json, "latency_ms", rows, rows.Serving.LatencyMs, row, asName: false);
        WriteObject(json, "tokens", rows, [rows.Serving.PromptTokens, rows.Serving.CompletionTokens], row);
        if (CacheOf(rows, row) is { } cache)
            json.WriteString("cache", cache);
        json.WriteEndObject();
    }

    private static string? CacheOf(RowBatch rows, int row) =>
        rows.Serving.Cache.Tag(row) != CellTag.Boolean ? null : rows.Serving.Cache.Number(row) != 0 ? "hit" : "miss";

    private static void WriteObject(Utf8JsonWriter json, string name, RowBatch rows, IReadOnlyList<Cells> columns, int row)
    {
        var started = false;
        foreach (var cells in columns)
        {
            if (cells.Tag(row) == CellTag.Missing)
                continue;
            if (!started)
                json.WriteStartObject(name);
            started = true;
            WriteCell(json, cells.Name, rows, cells, row, asName: false);
        }

        if (started)
            json.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter json, string name, RowBatch rows, Cells cells, int row, bool asName)
    {
        switch (cells.Tag(row))
        {
            case CellTag.Number when asName:
                json.WriteString(name, cells.Category(row, rows.Texts));
                break;
            case CellTag.Number when double.IsFinite(cells.Number(row)):
                json.WriteNumber(name, cells.Number(row));
                break;
            case CellTag.Number:
                // JSON has no infinity; a number too large for a double is read as one.
                json.WritePropertyName(name);
                json.WriteRawValue(cells.Number(row) < 0 ? "-1e999"u8 : "1e999"u8, skipInputValidation: true);
                break;
            case CellTag.Text:
                json.WriteString(name, rows.Texts[cells.Text(row)]);
                break;
            case CellTag.Boolean:
                json.WriteBoolean(name, cells.Number(row) != 0);
                break;
            case CellTag.Vector:
                json.WriteStartArray(name);
                foreach (var value in cells.Vector(row))
                    json.WriteNumberValue(value);
                json.WriteEndArray();
                break;
        }
    }

    private void WriteCsv(ArrayBufferWriter<byte> output, RowBatch rows, int from, int count)
    {
        var columns = new List<(string Name, Cells? Cells)>();
        if (Enumerable.Range(from, count).Any(row => rows.Id(row) >= 0))
            columns.Add(("id", null));
        if (keepTimes && Enumerable.Range(from, count).Any(row => rows.Time(row) != 0))
            columns.Add(("ts", null));
        columns.AddRange(rows.Features.Select(c => ($"features.{c.Name}", (Cells?)c)));
        columns.AddRange(rows.ClassScores.Select(c => ($"score.{c.Name}", (Cells?)c)));
        columns.AddRange(rows.Segments.Select(c => ($"segment.{c.Name}", (Cells?)c)));
        foreach (var cells in (Cells[])[rows.Prediction, rows.Score, rows.Label])
        {
            if (Enumerable.Range(from, count).Any(row => cells.Tag(row) != CellTag.Missing))
                columns.Add((cells.Name, cells));
        }

        foreach (var (name, cells) in (ReadOnlySpan<(string, Cells)>)[
            ("adapter", rows.Serving.Adapter), ("latency_ms", rows.Serving.LatencyMs), ("tokens.prompt", rows.Serving.PromptTokens),
            ("tokens.completion", rows.Serving.CompletionTokens), ("cache", rows.Serving.Cache)])
        {
            if (Enumerable.Range(from, count).Any(row => cells.Tag(row) != CellTag.Missing))
                columns.Add((name, cells));
        }

        WriteLine(columns.Select(c => c.Name));
        for (var row = from; row < from + count; row++)
        {
            WriteLine(columns.Select(c => c switch
            {
                ("id", null) => rows.Id(row) < 0 ? "" : rows.Texts.GetString(rows.Id(row)),
                ("ts", null) => rows.Time(row) == 0 ? "" : TimeOf(rows.Time(row)),
                ("cache", { } cells) when ReferenceEquals(cells, rows.Serving.Cache) => CacheOf(rows, row) ?? "",
                _ => TextOf(rows, c.Cells!, row),
            }));
        }

        void WriteLine(IEnumerable<string> fields) => Encoding.UTF8.GetBytes(string.Join(',', fields.Select(Quote)) + "\n", output);
    }

    private static string TextOf(RowBatch rows, Cells cells, int row) => cells.Tag(row) switch
    {
        CellTag.Text => rows.Texts.GetString(cells.Text(row)),
        CellTag.Number when cells.Text(row) >= 0 => rows.Texts.GetString(cells.Text(row)),
        CellTag.Number => cells.Number(row).ToString("R", CultureInfo.InvariantCulture),
        CellTag.Boolean => cells.Number(row) != 0 ? "true" : "false",
        _ => "",
    };

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
