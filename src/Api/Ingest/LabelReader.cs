using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>
/// Reads labels: JSON <c>{"batch_id": …, "labels": [{"id", "label", "ts"}]}</c>, NDJSON of the same objects, or CSV with the columns
/// <c>id,label[,ts]</c>. The first fault refuses the request.
/// </summary>
internal static class LabelReader
{
    /// <summary>Reads a body.</summary>
    /// <exception cref="ApiException">It cannot be read.</exception>
    public static (string? BatchId, List<LabelRecord> Labels) Read(RowFormat format, PooledBody body, RowReaderLimits limits)
    {
        var text = body.Span;
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        // The JSON reader looks at the bytes of a string only when it is asked for them, and its failure then names no place.
        if (!Utf8.IsValid(text))
            throw new ApiException(ErrorKind.MalformedBody, "The body holds bytes that are no UTF-8; send it as UTF-8.");
        string? batchId = null;
        var labels = new List<LabelRecord>();
        switch (format)
        {
            case RowFormat.Csv:
                ReadCsv(body, labels, limits);
                break;
            case RowFormat.Ndjson:
                ReadLines(text, labels, limits);
                break;
            default:
                ReadDocument(text, ref batchId, labels, limits);
                break;
        }

        if (labels.Count == 0)
            throw ApiException.ForField(ErrorKind.MalformedBody, "labels", "is empty, send at least one label");
        return (batchId, labels);
    }

    private static void ReadCsv(PooledBody body, List<LabelRecord> labels, RowReaderLimits limits)
    {
        var rows = new RowBatch();
        var result = RowReaders.Read(RowFormat.Csv, body.Bytes, rows, limits, "labels");
        if (!result.Succeeded)
            RowBody.Throw(result.Faults[0]);
        if (rows.Features.Concat(rows.Segments).Concat(rows.ClassScores).FirstOrDefault() is { } extra)
            throw ApiException.ForField(ErrorKind.MalformedBody, extra.Name, "is no column of labels, which have id, label and ts");
        for (var row = 0; row < rows.Count; row++)
        {
            var id = rows.Id(row) is var text and >= 0 ? rows.Texts.GetString(text) : throw Fault(row, "id", "is missing");
            var label = rows.Label.Category(row, rows.Texts) ?? throw Fault(row, "label", "is missing");
            labels.Add(new LabelRecord(id, label, rows.Time(row) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null));
        }
    }

    private static void ReadLines(ReadOnlySpan<byte> text, List<LabelRecord> labels, RowReaderLimits limits)
    {
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
                continue;
            var reader = new Utf8JsonReader(line);
            try
            {
                reader.Read();
                ReadLabel(ref reader, labels, limits);
                if (reader.Read())
                    throw Fault(labels.Count - 1, "labels", "is followed by something else on its line");
            }
            catch (JsonException e)
            {
                throw Malformed(e, labels.Count);
            }
            catch (InvalidOperationException e)
            {
                throw HalfSurrogate(e, labels.Count);
            }
        }
    }

    private static void ReadDocument(ReadOnlySpan<byte> text, ref string? batchId, List<LabelRecord> labels, RowReaderLimits limits)
    {
        var reader = new Utf8JsonReader(text);
        var seen = false;
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new ApiException(ErrorKind.MalformedBody, "The body must be an object with 'labels', and 'batch_id' if you like.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("batch_id"u8))
                {
                    reader.Read();
                    batchId = reader.TokenType switch
                    {
                        JsonTokenType.String => reader.GetString(),
                        JsonTokenType.Null => null,
                        _ => throw ApiException.ForField(ErrorKind.MalformedBody, "batch_id", "must be a text"),
                    };
                }
                else if (reader.ValueTextEquals("labels"u8) && !seen)
                {
                    seen = true;
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.StartArray)
                        throw ApiException.ForField(ErrorKind.MalformedBody, "labels", "must be a list of objects");
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        ReadLabel(ref reader, labels, limits);
                }
                else
                {
                    throw ApiException.ForField(
                        ErrorKind.MalformedBody, reader.GetString() ?? "", "is no known member or is given twice; the body has batch_id and labels");
                }
            }

            // Reads to the end, so that what follows the object is found.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw Malformed(e, null);
        }
        catch (InvalidOperationException e)
        {
            throw HalfSurrogate(e, seen ? labels.Count : null);
        }

        if (!seen)
            throw ApiException.ForField(ErrorKind.MalformedBody, "labels", "is missing");
    }

    private static void ReadLabel(ref Utf8JsonReader reader, List<LabelRecord> labels, RowReaderLimits limits)
    {
        var row = labels.Count;
        if (row >= limits.MaxRows)
            throw new ApiException(ErrorKind.TooLarge, $"The request has more than {limits.MaxRows} labels, the most that one request may have; send several.");
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault(row, $"labels[{row}]", "must be an object with id and label, and ts if you like");
        string? id = null, label = null;
        DateTimeOffset? time = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString();
            reader.Read();
            switch (field)
            {
                case "id" when id is null:
                    id = reader.TokenType switch
                    {
                        JsonTokenType.String => reader.GetString(),
                        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
                        _ => throw Fault(row, "id", "must be a text"),
                    };
                    break;
                case "label" when label is null:
                    label = LabelOf(ref reader, row, limits);
                    break;
                case "ts" when time is null:
                    time = TimeOf(ref reader, row);
                    break;
                default:
                    throw Fault(row, field ?? "", "is no known member or is given twice; a label has id, label and ts");
            }
        }

        if (string.IsNullOrEmpty(id))
            throw Fault(row, "id", "is missing or empty");
        if (id.Length > limits.MaxIdLength)
            throw Fault(row, "id", $"has {id.Length} characters, it must have at most {limits.MaxIdLength}");
        if (id.Contains('\0', StringComparison.Ordinal))
            throw Fault(row, "id", "holds U+0000, which it must not");
        if (label is null)
            throw Fault(row, "label", "is missing");
        if (label.Contains('\0', StringComparison.Ordinal))
            throw Fault(row, "label", "holds U+0000, which it must not");
        labels.Add(new LabelRecord(id, label, time));
    }

    // Written as the prediction's class is, so that the two meet: 1, 1.0 and "1" are one class.
    private static string LabelOf(ref Utf8JsonReader reader, int row, RowReaderLimits limits)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.GetString() is { Length: > 0 } text:
                if (System.Text.Encoding.UTF8.GetByteCount(text) > limits.MaxCellBytes)
                    throw Fault(row, "label", $"is longer than {limits.MaxCellBytes} bytes");
                return text;
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number):
                return (number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                throw Fault(row, "label", "must be a text that is not empty, a finite number, true or false");
        }
    }

    private static DateTimeOffset? TimeOf(ref Utf8JsonReader reader, int row)
    {
        long ticks;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String when !reader.ValueIsEscaped && EventTime.TryParse(reader.ValueSpan, out ticks):
            case JsonTokenType.Number when EventTime.TryParseUnix(reader.ValueSpan, out ticks):
                return new DateTimeOffset(ticks, TimeSpan.Zero);
            default:
                throw Fault(row, "ts", $"must be {EventTime.Expected}");
        }
    }

    private static ApiException Fault(int row, string field, string message) => ApiException.ForField(ErrorKind.MalformedBody, field, message, row);

    // UTF-8 was checked before, so what remains is an escape such as \ud800 without its other half.
    private static ApiException HalfSurrogate(InvalidOperationException e, int? row) =>
        new(ErrorKind.MalformedBody, $"{(row is null ? "The body" : $"Row {row}")} holds a string with half a surrogate pair (such as \\ud800 alone).", e)
        {
            Row = row,
        };

    private static ApiException Malformed(JsonException e, int? row) =>
        new(ErrorKind.MalformedBody, row is null
            ? $"The body is no valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."
            : $"Row {row}: the line is no valid JSON at byte {e.BytePositionInLine + 1}.", e)
        {
            Row = row,
        };
}
