using System.Buffers;
using System.Text.Json;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>Single values: of a row's field, or of a column's element.</summary>
internal ref partial struct JsonRowReader
{
    private void ReadValue(JsonField field, Cells? cells)
    {
        switch (field)
        {
            case JsonField.Features:
                ReadCell(cells!);
                break;
            case JsonField.Id:
                ReadId();
                break;
            case JsonField.Ts:
                ReadTime();
                break;
            case JsonField.Prediction:
                ReadScalar(field, _batch.Prediction);
                break;
            case JsonField.Label:
                ReadScalar(field, _batch.Label);
                break;
            case JsonField.Segment:
                ReadScalar(field, cells!);
                break;
            case JsonField.Score:
                ReadScore(cells);
                break;
            case JsonField.Adapter or JsonField.Cache when _reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null):
                throw Fault(PathOf(field), $"must be a string, found {Found()}", prefixed: true);
            case JsonField.LatencyMs or JsonField.Tokens when _reader.TokenType is not (JsonTokenType.Number or JsonTokenType.Null):
                throw Fault(PathOf(field, cells?.Name), $"must be a number, found {Found()}", prefixed: true);
            case JsonField.Adapter when _reader.TokenType == JsonTokenType.String:
                ReadAdapter();
                break;
            case JsonField.Cache when _reader.TokenType == JsonTokenType.String:
                _batch.Serving.SetCache(_row, Text());
                break;
            case JsonField.LatencyMs:
                ReadMeasure(_batch.Serving.LatencyMs);
                break;
            case JsonField.Tokens:
                ReadMeasure(cells);
                break;
        }
    }

    // The name of no adapter is that of the base model: such a row is in no adapter's segment.
    private void ReadAdapter()
    {
        var text = Text();
        if (RowText.IsLonger(text, _limits.MaxIdLength) || RowText.HasZero(text))
            throw Fault(PathOf(JsonField.Adapter), $"must have at most {_limits.MaxIdLength} characters, none of them U+0000", prefixed: true);
        if (!text.IsEmpty)
            _batch.Serving.Adapter.SetText(_row, _batch.Texts.Add(text));
    }

    private void ReadMeasure(Cells? cells)
    {
        if (_reader.TokenType == JsonTokenType.Number)
            cells?.SetNumber(_row, Number());
        else
            cells?.SetMissing(_row);
    }

    private void ReadCell(Cells cells)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Number:
                cells.SetNumber(_row, Number());
                break;
            case JsonTokenType.String:
                cells.SetText(_row, ReadText(JsonField.Features, cells, isKey: false));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                cells.SetBoolean(_row, _reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Null:
                cells.SetMissing(_row);
                break;
            case JsonTokenType.StartArray:
                ReadVector(cells);
                break;
            default:
                SkipCell(cells, _reader.CurrentDepth);
                cells.SetInvalid(_row);
                break;
        }
    }

    /// <summary>A value that is a class or a segment: no arrays, no objects.</summary>
    private void ReadScalar(JsonField field, Cells cells)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Number:
                cells.SetNumber(_row, Number());
                break;
            case JsonTokenType.String:
                cells.SetText(_row, ReadText(field, cells, isKey: true));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                cells.SetBoolean(_row, _reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Null:
                cells.SetMissing(_row);
                break;
            default:
                throw Fault(PathOf(field, NameIn(field, cells)), $"must be a string, a number, true, false or null, found {Found()}", prefixed: true);
        }
    }

    private void ReadScore(Cells? cells)
    {
        var score = cells ?? _batch.Score;
        if (_reader.TokenType == JsonTokenType.Number)
            score.SetNumber(_row, Number());
        else if (_reader.TokenType == JsonTokenType.Null)
            score.SetMissing(_row);
        else if (cells is null && !_columnar)
            throw Fault(PathOf(JsonField.Score), $"must be a number or an object of numbers by class, found {Found()}", prefixed: true);
        else
            throw Fault(PathOf(JsonField.Score, cells?.Name), $"must be a number, found {Found()}", prefixed: true);
    }

    private void ReadId()
    {
        ReadOnlySpan<byte> id;
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.String:
                id = Text();
                break;
            case JsonTokenType.Number:
                id = NumberText();
                if (id.ContainsAny(".eE"u8))
                    throw Fault(PathOf(JsonField.Id), "must be a string or an integer, found a number that is not written as an integer", prefixed: true);
                break;
            default:
                throw Fault(PathOf(JsonField.Id), $"must be a string or an integer, found {Found()}", prefixed: true);
        }

        if (id.IsEmpty || RowText.IsLonger(id, _limits.MaxIdLength) || RowText.HasZero(id))
            throw Fault(PathOf(JsonField.Id), $"must have 1 to {_limits.MaxIdLength} characters, none of them U+0000", prefixed: true);
        _batch.SetId(_row, _batch.Texts.Add(id));
    }

    private void ReadTime()
    {
        var ticks = 0L;
        var understood = _reader.TokenType switch
        {
            JsonTokenType.Null => true,
            JsonTokenType.String => EventTime.TryParse(Text(), out ticks),
            JsonTokenType.Number => EventTime.TryParseUnix(NumberText(), out ticks),
            _ => false,
        };
        if (!understood)
        {
            var found = _reader.TokenType switch
            {
                JsonTokenType.String => $"'{RowText.Show(Text())}'",
                JsonTokenType.Number => RowText.Show(NumberText()),
                _ => Found(),
            };
            throw Fault(PathOf(JsonField.Ts), $"must be {EventTime.Expected}; found {found}", prefixed: true);
        }

        _batch.SetTime(_row, ticks);
    }

    private void ReadVector(Cells cells)
    {
        var depth = _reader.CurrentDepth;
        var length = 0;
        var values = _scratch.Floats(16);
        while (Next() == JsonTokenType.Number)
        {
            if (length == _limits.MaxVectorLength)
                throw Fault(PathOf(JsonField.Features, cells.Name), $"has more than {_limits.MaxVectorLength} numbers", RowFaultKind.TooLarge, prefixed: true);
            if (length == values.Length)
                values = _scratch.Floats(length + 1);
            values[length++] = (float)Number();
        }

        if (_reader.TokenType == JsonTokenType.EndArray && length > 0)
        {
            cells.SetVector(_row, values.AsSpan(0, length));
            return;
        }

        SkipCell(cells, depth);
        cells.SetInvalid(_row);
    }

    /// <summary>Goes to the end of the array or object that began at <paramref name="depth"/>.</summary>
    private void SkipCell(Cells cells, int depth)
    {
        while (true)
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject when _reader.CurrentDepth - depth >= _limits.MaxDepth:
                    throw Fault(PathOf(JsonField.Features, cells.Name), $"is nested deeper than {_limits.MaxDepth} levels", prefixed: true);
                case JsonTokenType.EndArray or JsonTokenType.EndObject when _reader.CurrentDepth == depth:
                    return;
            }

            Next();
        }
    }

    private int ReadText(JsonField field, Cells cells, bool isKey)
    {
        var text = Text();
        if (text.Length > _limits.MaxCellBytes)
        {
            throw Fault(
                PathOf(field, NameIn(field, cells)), $"is a text of {text.Length} bytes, at most {_limits.MaxCellBytes} are taken",
                RowFaultKind.TooLarge, prefixed: true);
        }

        if (isKey && RowText.HasZero(text))
            throw Fault(PathOf(field, NameIn(field, cells)), "must not hold U+0000", prefixed: true);
        return _batch.Texts.Add(text);
    }

    private readonly double Number() =>
        DecimalNumber.TryParse(NumberText(), out var value) ? value : throw new InvalidOperationException("A JSON number did not parse.");

    private readonly ReadOnlySpan<byte> NumberText() => _reader.HasValueSequence ? Joined() : _reader.ValueSpan;

    /// <summary>The current name or string without its escapes; valid until the next text.</summary>
    private readonly ReadOnlySpan<byte> Text()
    {
        if (!_reader.HasValueSequence && !_reader.ValueIsEscaped)
            return _reader.ValueSpan;
        if (!_reader.ValueIsEscaped)
            return Joined();
        var buffer = _scratch.Bytes(checked((int)(_reader.HasValueSequence ? _reader.ValueSequence.Length : _reader.ValueSpan.Length)));
        try
        {
            return buffer.AsSpan(0, _reader.CopyString(buffer));
        }
        catch (InvalidOperationException)
        {
            // UTF-8 was checked before, so what remains is an escape such as \ud800 without its other half.
            throw Fault(PathOf(JsonField.Unknown), "holds a string with half a surrogate pair (such as \\ud800 alone)", prefixed: true);
        }
    }

    private readonly ReadOnlySpan<byte> Joined()
    {
        var parts = _reader.ValueSequence;
        var buffer = _scratch.Bytes(checked((int)parts.Length));
        parts.CopyTo(buffer);
        return buffer.AsSpan(0, (int)parts.Length);
    }
}
