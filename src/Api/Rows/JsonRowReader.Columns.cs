using System.Text.Json;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>Column by column: the first array tells how many rows there are, every other one must agree.</summary>
internal ref partial struct JsonRowReader
{
    private void ReadColumns()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            throw Fault("columns", $"columns must be an object of arrays, found {Found()}.");
        _columnar = true;
        var seen = 0;
        while (Next() != JsonTokenType.EndObject)
        {
            var name = Text();
            var field = JsonFields.Of(name);
            if (field == JsonField.Unknown)
                throw UnknownField(name);
            if ((seen & (1 << (int)field)) != 0)
                throw Fault(PathOf(field), "is given twice", prefixed: true);
            seen |= 1 << (int)field;
            Next();
            ReadColumn(field);
        }

        _columnar = false;
        if (_batch.Count == 0)
            throw Fault("columns", "columns is empty, send arrays with at least one row.");
    }

    private void ReadColumn(JsonField field)
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return;
        switch (field)
        {
            case JsonField.Features or JsonField.Segment or JsonField.Tokens when _reader.TokenType != JsonTokenType.StartObject:
                throw Fault(PathOf(field), $"must be an object of arrays, found {Found()}", prefixed: true);
            case JsonField.Features or JsonField.Segment or JsonField.Score when _reader.TokenType == JsonTokenType.StartObject:
                while (Next() != JsonTokenType.EndObject)
                {
                    var cells = Column(field);
                    if (cells.LastRow >= 0)
                        throw Fault(PathOf(field, cells.Name), "is given twice", prefixed: true);
                    Next();
                    ReadArray(field, cells);
                }

                break;
            case JsonField.Tokens:
                while (Next() != JsonTokenType.EndObject)
                {
                    var cells = _batch.Serving.Tokens(Text());
                    if (cells?.LastRow >= 0)
                        throw Fault(PathOf(field, cells.Name), "is given twice", prefixed: true);
                    Next();
                    ReadArray(field, cells);
                }

                break;
            default:
                ReadArray(field, null);
                break;
        }
    }

    private void ReadArray(JsonField field, Cells? cells)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            throw Fault(PathOf(field, cells?.Name), $"must be an array, found {Found()}", prefixed: true);
        var length = 0;
        while (Next() != JsonTokenType.EndArray)
        {
            if (_firstArray is null)
                AddRow("columns");

            // What is beyond the rows is only counted, for the message.
            if (length < _batch.Count)
            {
                _row = length;
                ReadValue(field, cells);
            }
            else
            {
                _reader.Skip();
            }

            length++;
        }

        _row = -1;
        if (_firstArray is null)
            _firstArray = PathOf(field, cells?.Name);
        else if (length != _batch.Count)
        {
            throw Fault(
                PathOf(field, cells?.Name),
                $"has {length} elements, {_firstArray} has {_batch.Count}; all arrays must have the same length",
                prefixed: true);
        }
    }
}
