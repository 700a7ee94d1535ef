using System.Buffers;
using System.Text;
using System.Text.Json;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>
/// Reads rows from JSON token by token: one document with <c>rows</c> or <c>columns</c>, or one row object per line. This part holds
/// the documents' outer shapes; the other parts hold rows, columns, values and faults.
/// </summary>
internal ref partial struct JsonRowReader
{
    private readonly RowBatch _batch;
    private readonly RowReaderLimits _limits;
    private readonly ReadScratch _scratch;
    private readonly JsonReaderOptions _options;
    private Utf8JsonReader _reader;
    private int _row = -1;
    private long _line;
    private bool _columnar;
    private string? _firstArray;

    // Of reading quickly: the document when it lies in one piece, else nothing; where in it the tokenizer was set anew, if it was; and how
    // many rows were read so and how many were not.
    private ReadOnlySpan<byte> _body;
    private int _readerStart;
    private bool _resumed;
    private int _quickRows;
    private int _otherRows;

    public JsonRowReader(RowBatch batch, RowReaderLimits limits, ReadScratch scratch)
    {
        _batch = batch;
        _limits = limits;
        _scratch = scratch;

        // Nesting inside cells is judged here, with a row to name; the reader's own limit only stands behind it.
        _options = new JsonReaderOptions { MaxDepth = limits.MaxDepth + 8 };
    }

    /// <summary>Reads one document.</summary>
    /// <exception cref="RowFormatException">The request is refused.</exception>
    public void ReadDocument(in ReadOnlySequence<byte> body, ref string? batchId)
    {
        _body = body.IsSingleSegment ? body.FirstSpan : default;
        try
        {
            ReadWholeDocument(body, ref batchId);
        }
        catch (JsonException) when (_resumed)
        {
            // The tokenizer was set anew within the document and counts its places from there: they are found by reading from the beginning.
            _batch.Clear();
            batchId = null;
            _body = default;
            _readerStart = 0;
            _resumed = _columnar = false;
            _firstArray = null;
            _row = -1;
            ReadWholeDocument(body, ref batchId);
        }
    }

    private void ReadWholeDocument(in ReadOnlySequence<byte> body, ref string? batchId)
    {
        Start(body);
        try
        {
            Next();
            if (_reader.TokenType != JsonTokenType.StartObject)
                throw Fault("", $"The body must be an object with \"rows\" or \"columns\", found {Found()}; send {{\"rows\": [{{…}}]}}.");
            string? found = null;
            var batchIdSeen = false;
            while (Next() != JsonTokenType.EndObject)
            {
                var name = Text();
                if (name.SequenceEqual("batch_id"u8))
                {
                    if (batchIdSeen)
                        throw Fault("batch_id", "batch_id is given twice.");
                    batchIdSeen = true;
                    Next();
                    batchId = ReadBatchId();
                }
                else if (name.SequenceEqual("rows"u8) || name.SequenceEqual("columns"u8))
                {
                    var shape = name[0] == 'r' ? "rows" : "columns";
                    if (found is not null)
                        throw Fault(shape, found == shape ? $"{shape} is given twice." : "rows and columns exclude each other, send one of them.");
                    found = shape;
                    Next();
                    if (shape == "rows")
                        ReadRows();
                    else
                        ReadColumns();
                }
                else
                {
                    throw Fault("", $"unknown field '{RowText.Show(name)}' at the top level; batch_id and rows (or columns) are expected.");
                }
            }

            if (found is null)
                throw Fault("", "rows is missing; send {\"rows\": [{…}]} or {\"columns\": {…}}.");

            // Only white space may follow; anything else makes this throw.
            _reader.Read();
        }
        catch (JsonException invalid) when (!_resumed)
        {
            throw Syntax(invalid);
        }
    }

    /// <summary>Reads one row per line; a string in JSON has no raw line feed, so lines split the body into documents.</summary>
    /// <exception cref="RowFormatException">The request is refused.</exception>
    public void ReadLines(in ReadOnlySequence<byte> body)
    {
        var rest = body;
        while (!rest.IsEmpty)
        {
            _line++;
            var line = rest;
            if (rest.PositionOf((byte)'\n') is { } end)
            {
                line = rest.Slice(0, end);
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            else
            {
                rest = default;
            }

            if (IsBlank(line))
                continue;
            Start(line);
            try
            {
                Next();
                _row = _batch.Count;
                if (_reader.TokenType != JsonTokenType.StartObject)
                    throw Fault(PathOf(JsonField.Unknown), $"must be a row object, found {Found()}", prefixed: true);
                ReadRow();
                _reader.Read();
            }
            catch (JsonException invalid)
            {
                throw Syntax(invalid);
            }
        }

        _line = 0;
        _row = -1;
        if (_batch.Count == 0)
            throw Fault("", "The body has no rows, send at least one row.");
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var memory in line)
        {
            if (memory.Span.ContainsAnyExcept(" \t\r"u8))
                return false;
        }

        return true;
    }

    private void Start(in ReadOnlySequence<byte> text) =>
        _reader = text.IsSingleSegment ? new Utf8JsonReader(text.FirstSpan, _options) : new Utf8JsonReader(text, _options);

    private JsonTokenType Next()
    {
        _reader.Read();
        return _reader.TokenType;
    }

    private string? ReadBatchId()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.String)
            throw Fault("batch_id", $"batch_id must be a string, found {Found()}.");
        var text = Text();
        if (text.IsEmpty || RowText.IsLonger(text, _limits.MaxIdLength) || RowText.HasZero(text))
            throw Fault("batch_id", $"batch_id must have 1 to {_limits.MaxIdLength} characters, none of them U+0000.");
        return Encoding.UTF8.GetString(text);
    }
}
