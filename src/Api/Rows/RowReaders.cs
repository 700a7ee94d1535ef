using System.Buffers;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>
/// Reads the rows of a request into a batch in one pass over the body, which may lie in any number of segments. A request is read
/// completely or refused as a whole. Thread-safe; a batch is used by one call at a time.
/// </summary>
internal static class RowReaders
{
    /// <summary>Reads a body.</summary>
    /// <param name="format">How the body is written.</param>
    /// <param name="body">The complete body, decompressed and limited in bytes by the caller.</param>
    /// <param name="into">Where the rows go; what it held is forgotten first, and after a fault it is empty.</param>
    /// <param name="limits">How much is taken.</param>
    /// <param name="purpose">What the rows are for, as messages about the body as a whole name it: <c>predictions</c>, <c>reference</c>.</param>
    /// <param name="mapping">The roles of CSV columns; null for the default names.</param>
    public static ReadResult Read(
        RowFormat format, in ReadOnlySequence<byte> body, RowBatch into, RowReaderLimits limits, string purpose, CsvMapping? mapping = null)
    {
        into.Clear();
        using var scratch = new ReadScratch();
        string? batchId = null;
        try
        {
            var text = Utf8Body.WithoutMark(body);
            if (text.IsEmpty)
                throw new RowFormatException(new RowFault(RowFaultKind.Malformed, "", null, $"The body is empty; {purpose} rows are expected."));
            if (Utf8Body.FirstInvalid(text) is var invalid and >= 0)
            {
                var (line, column) = Utf8Body.Locate(text, invalid);
                throw new RowFormatException(new RowFault(
                    RowFaultKind.Malformed, "", null, $"The body is not UTF-8: invalid bytes at line {line}, byte {column}."));
            }

            switch (format)
            {
                case RowFormat.Csv:
                    new CsvRowReader(text, into, limits, scratch, mapping ?? CsvMapping.Default).Read();
                    break;
                case RowFormat.Ndjson:
                    new JsonRowReader(into, limits, scratch).ReadLines(text);
                    break;
                default:
                    new JsonRowReader(into, limits, scratch).ReadDocument(text, ref batchId);
                    break;
            }

            return new ReadResult { BatchId = batchId };
        }
        catch (RowFormatException refused)
        {
            into.Clear();
            return new ReadResult { BatchId = batchId, Faults = [refused.Fault] };
        }
    }
}
