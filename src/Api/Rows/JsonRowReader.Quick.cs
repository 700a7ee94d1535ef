using System.Buffers;
using System.Text.Json;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>
/// Rows that look as nearly all do — known columns, plain strings, no nesting beyond the row's own — are read from the bytes in one pass,
/// each column being tried first where the row before had it. Whatever is not as expected is left to the tokenizer, from the beginning of
/// its row: it decides what is valid and how a fault reads, so this part only ever takes what the other would take, with the same cells.
/// </summary>
internal ref partial struct JsonRowReader
{
    // Rows that had to be read twice, after which most rows must have been worth the try.
    private const int PatientRows = 16;

    // In a longer one the first row does not matter.
    private const int ShortDocument = 16 * 1024;

    // What ends a plain string: its quotation mark, or what makes it not plain.
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    /// <summary>
    /// Reads the first row of a short document, and those behind it, if they look as the batch before did: most requests with a single row are
    /// like the one before. The tokenizer has seen the array begin, so it goes on only where another row begins or the array ends; what else may
    /// stand there it looks at from the array's beginning.
    /// </summary>
    private void ReadQuickFirstRows()
    {
        if (_body.Length is 0 or > ShortDocument)
            return;
        var at = _readerStart + (int)_reader.BytesConsumed;
        if (!TryQuickRow(ref at))
            return;
        var next = at;
        while (TryTake(ref next, ',') && TryQuickRow(ref next))
            at = next;
        var (end, comma) = (at, at);
        if (TryTake(ref end, ']'))
        {
            GoOnBehind(at);
            return;
        }

        var row = TryTake(ref comma, ',') ? comma : at;
        if (row > at && TryTake(ref row, '{'))
            GoOnBehind(comma);
        else
            _batch.Clear();
    }

    /// <summary>Reads rows behind one that the tokenizer read, as long as they are as expected; the tokenizer goes on behind them.</summary>
    private void ReadQuickRows()
    {
        if (_body.IsEmpty || (_otherRows > PatientRows && _otherRows > _quickRows))
            return;
        var begun = _readerStart + (int)_reader.BytesConsumed;
        var (at, next) = (begun, begun);
        while (TryTake(ref next, ',') && TryQuickRow(ref next))
            (at, _quickRows) = (next, _quickRows + 1);
        if (at > begun)
            GoOnBehind(at);
    }

    private void GoOnBehind(int at)
    {
        _reader = new Utf8JsonReader(_body[at..], isFinalBlock: true, _reader.CurrentState);
        _readerStart = at;
        _resumed = true;
    }

    /// <summary>Reads a row; false, with nothing changed, when the tokenizer must look at it.</summary>
    private bool TryQuickRow(ref int at)
    {
        var i = at;
        if (!TryTake(ref i, '{'))
            return false;
        _row = _batch.Count;
        AddRow("rows");
        if (!TryQuickFields(ref i))
        {
            _batch.RemoveLastRow();
            _otherRows++;
            return false;
        }

        at = i;
        return true;
    }

    private bool TryQuickFields(ref int i)
    {
        if (TryTake(ref i, '}'))
            return true;
        var seen = 0;
        do
        {
            if (!TryQuickString(ref i, out var name))
                return false;
            var field = JsonFields.Of(name);
            if (field == JsonField.Unknown || (seen & (1 << (int)field)) != 0 || !TryTake(ref i, ':'))
                return false;
            seen |= 1 << (int)field;
            SkipSpace(ref i);
            if (!TryQuickField(field, ref i))
                return false;
        }
        while (TryTake(ref i, ','));
        return TryTake(ref i, '}');
    }

    private bool TryQuickField(JsonField field, ref int i)
    {
        if (field is JsonField.Features or JsonField.Segment or JsonField.Score && TryTake(ref i, '{'))
            return TryQuickCells(field, ref i);
        switch (field)
        {
            case JsonField.Prediction:
                return TryQuickCell(_batch.Prediction, ref i);
            case JsonField.Label:
                return TryQuickCell(_batch.Label, ref i);
            case JsonField.Score when DecimalNumber.TryReadJson(_body, ref i, out var score):
                _batch.Score.SetNumber(_row, score);
                return true;
            case JsonField.Id when TryQuickString(ref i, out var id):
                if (id.IsEmpty || id.Length > _limits.MaxIdLength)
                    return false;
                _batch.SetId(_row, _batch.Texts.Add(id));
                return true;
            case JsonField.Ts when TryQuickString(ref i, out var time):
                if (!EventTime.TryParse(time, out var ticks))
                    return false;
                _batch.SetTime(_row, ticks);
                return true;
            case JsonField.LatencyMs when DecimalNumber.TryReadJson(_body, ref i, out var latency):
                _batch.Serving.LatencyMs.SetNumber(_row, latency);
                return true;
            case JsonField.Adapter when TryQuickString(ref i, out var adapter):
                if (adapter.Length > _limits.MaxIdLength)
                    return false;
                if (!adapter.IsEmpty)
                    _batch.Serving.Adapter.SetText(_row, _batch.Texts.Add(adapter));
                return true;
            case JsonField.Cache when TryQuickString(ref i, out var cache):
                _batch.Serving.SetCache(_row, cache);
                return true;
            case JsonField.Tokens:
                return TryTake(ref i, '{') && TryQuickTokens(ref i);
            default:
                return false;
        }
    }

    private bool TryQuickTokens(ref int i)
    {
        if (TryTake(ref i, '}'))
            return true;
        do
        {
            if (!TryQuickString(ref i, out var key) || !TryTake(ref i, ':'))
                return false;
            SkipSpace(ref i);
            var cells = _batch.Serving.Tokens(key);
            if (cells?.LastRow == _row || !DecimalNumber.TryReadJson(_body, ref i, out var tokens))
                return false;
            cells?.SetNumber(_row, tokens);
        }
        while (TryTake(ref i, ','));
        return TryTake(ref i, '}');
    }

    private bool TryQuickCells(JsonField field, ref int i)
    {
        if (TryTake(ref i, '}'))
            return true;
        do
        {
            SkipSpace(ref i);
            if (!TryQuickColumn(field, ref i, out var cells) || cells.LastRow == _row)
                return false;
            if ((uint)i < (uint)_body.Length && _body[i] == ':')
                i++;
            else if (!TryTake(ref i, ':'))
                return false;
            if (DecimalNumber.TryReadJson(_body, ref i, out var number))
            {
                cells.SetNumber(_row, number);
                continue;
            }

            SkipSpace(ref i);
            if (field == JsonField.Score)
            {
                if (!DecimalNumber.TryReadJson(_body, ref i, out number))
                    return false;
                cells.SetNumber(_row, number);
            }
            else if (!TryQuickCell(cells, ref i))
            {
                return false;
            }
        }
        while (TryTake(ref i, ','));
        return TryTake(ref i, '}');
    }

    private bool TryQuickColumn(JsonField field, ref int i, out Cells cells)
    {
        cells = null!;
        if ((uint)i >= (uint)_body.Length || _body[i] != '"')
            return false;
        if (field == JsonField.Features && (_batch.TryNextFeature(_body[(i + 1)..], out var next) || (_row == 0 && _batch.TryFeatureAsBefore(_body[(i + 1)..], out next))))
        {
            i += next.Utf8Length + 2;
            cells = next;
            return true;
        }

        return TryQuickString(ref i, out var name) && (field switch
        {
            JsonField.Features => _batch.TryKnownFeature(name, out cells!),
            JsonField.Segment => _batch.TryKnownSegment(name, out cells!),
            _ => _batch.TryKnownClassScore(name, out cells!),
        });
    }

    private bool TryQuickCell(Cells cells, ref int i)
    {
        if (DecimalNumber.TryReadJson(_body, ref i, out var number))
        {
            cells.SetNumber(_row, number);
            return true;
        }

        if (TryQuickString(ref i, out var text))
        {
            if (text.Length > _limits.MaxCellBytes)
                return false;
            cells.SetText(_row, _batch.Texts.Add(text));
            return true;
        }

        var rest = _body[i..];
        if (rest.StartsWith("true"u8))
        {
            cells.SetBoolean(_row, true);
            i += 4;
        }
        else if (rest.StartsWith("false"u8))
        {
            cells.SetBoolean(_row, false);
            i += 5;
        }
        else if (rest.StartsWith("null"u8))
        {
            cells.SetMissing(_row);
            i += 4;
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>Reads a string without escapes; white space may stand before it.</summary>
    private readonly bool TryQuickString(ref int i, out ReadOnlySpan<byte> text)
    {
        text = default;
        var start = i;
        SkipSpace(ref start);
        if ((uint)start >= (uint)_body.Length || _body[start] != '"')
            return false;
        var rest = _body[(start + 1)..];
        var length = rest.IndexOfAny(StringEnds);
        if (length < 0 || rest[length] != '"')
            return false;
        text = rest[..length];
        i = start + length + 2;
        return true;
    }

    /// <summary>Goes behind white space and that character, if it stands there.</summary>
    private readonly bool TryTake(ref int i, char expected)
    {
        var body = _body;
        if ((uint)i < (uint)body.Length && body[i] == expected)
        {
            i++;
            return true;
        }

        var start = i;
        SkipSpace(ref start);
        if ((uint)start >= (uint)body.Length || body[start] != expected)
            return false;
        i = start + 1;
        return true;
    }

    private readonly void SkipSpace(ref int i)
    {
        var body = _body;
        while ((uint)i < (uint)body.Length && body[i] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            i++;
    }
}
