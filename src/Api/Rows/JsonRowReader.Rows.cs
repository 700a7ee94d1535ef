using System.Text.Json;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>Row by row.</summary>
internal ref partial struct JsonRowReader
{
    private void ReadRows()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            throw Fault("rows", $"rows must be an array of objects, found {Found()}.");
        ReadQuickFirstRows();
        while (Next() != JsonTokenType.EndArray)
        {
            _row = _batch.Count;
            if (_reader.TokenType != JsonTokenType.StartObject)
                throw Fault(PathOf(JsonField.Unknown), $"must be a row object, found {Found()}", prefixed: true);
            ReadRow();
            ReadQuickRows();
        }

        _row = -1;
        if (_batch.Count == 0)
            throw Fault("rows", "rows is empty, send at least one row.");
    }

    private void ReadRow()
    {
        AddRow("rows");
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
            ReadField(field);
        }
    }

    private void ReadField(JsonField field)
    {
        var isObject = _reader.TokenType == JsonTokenType.StartObject;
        switch (field)
        {
            case JsonField.Features or JsonField.Segment or JsonField.Score when isObject:
                ReadCells(field);
                break;
            case JsonField.Tokens when isObject:
                ReadTokens();
                break;
            case JsonField.Features or JsonField.Segment or JsonField.Tokens:
                if (_reader.TokenType != JsonTokenType.Null)
                    throw Fault(PathOf(field), $"must be an object, found {Found()}", prefixed: true);
                break;
            default:
                ReadValue(field, null);
                break;
        }
    }

    private void ReadCells(JsonField field)
    {
        while (Next() != JsonTokenType.EndObject)
        {
            var cells = Column(field);
            if (cells.LastRow == _row)
                throw Fault(PathOf(field, cells.Name), "is given twice", prefixed: true);
            Next();
            ReadValue(field, cells);
        }
    }

    private void ReadTokens()
    {
        while (Next() != JsonTokenType.EndObject)
        {
            var cells = _batch.Serving.Tokens(Text());
            if (cells?.LastRow == _row)
                throw Fault(PathOf(JsonField.Tokens, cells.Name), "is given twice", prefixed: true);
            if (Next() is not (JsonTokenType.Number or JsonTokenType.Null))
                throw Fault(PathOf(JsonField.Tokens), $"must be an object of numbers, found {Found()} in it", prefixed: true);
            ReadMeasure(cells);
        }
    }

    private void AddRow(string path)
    {
        if (_batch.Count >= _limits.MaxRows)
        {
            throw Fault(
                path, $"The request has more than {_limits.MaxRows} rows, the most that one request may have; send several.", RowFaultKind.TooLarge);
        }

        _batch.AddRow();
        CheckCells();
    }

    /// <summary>The column that the current property name names, new or known.</summary>
    private Cells Column(JsonField field)
    {
        var name = Text();
        if (name.IsEmpty || RowText.HasZero(name))
            throw Fault(PathOf(field), "has a name that is empty or holds U+0000", prefixed: true);
        if (RowText.IsLonger(name, _limits.MaxNameLength))
        {
            throw Fault(
                PathOf(field), $"has a name longer than {_limits.MaxNameLength} characters: '{RowText.Show(name)}'", RowFaultKind.TooLarge, prefixed: true);
        }

        var cells = field switch
        {
            JsonField.Features => _batch.Feature(name),
            JsonField.Segment => _batch.Segment(name),
            _ => _batch.ClassScore(name),
        };

        // Never set before: it may have just been added.
        if (cells.LastRow < 0)
            CheckColumns(field);
        return cells;
    }

    private readonly void CheckColumns(JsonField field)
    {
        var columns = field switch
        {
            JsonField.Features => _batch.Features,
            JsonField.Segment => _batch.Segments,
            _ => _batch.ClassScores,
        };
        if (columns.Count > _limits.MaxColumns)
            throw Fault(PathOf(field), $"has more than {_limits.MaxColumns} different names over all rows", RowFaultKind.TooLarge, prefixed: true);
        CheckCells();
    }

    private readonly void CheckCells()
    {
        var columns = _batch.Features.Count + _batch.Segments.Count + _batch.ClassScores.Count;
        if ((long)columns * _batch.Count > _limits.MaxCells)
        {
            throw Fault(
                _columnar ? "columns" : "rows",
                $"{_batch.Count} rows of {columns} columns are more than {_limits.MaxCells} cells; send fewer rows in one request.",
                RowFaultKind.TooLarge);
        }
    }
}
