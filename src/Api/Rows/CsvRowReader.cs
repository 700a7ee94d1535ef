using System.Buffers;
using System.Text;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>
/// Reads rows from CSV: the header says what each column is. A CSV does not tell numbers from texts, so a cell that reads as a number
/// is one and keeps how it was written beside it.
/// </summary>
internal ref struct CsvRowReader
{
    private readonly RowBatch _batch;
    private readonly RowReaderLimits _limits;
    private readonly CsvMapping _mapping;
    private readonly List<Column> _columns = [];
    private CsvTokenizer _fields;
    private long _line;
    private int _row = -1;

    public CsvRowReader(in ReadOnlySequence<byte> body, RowBatch batch, RowReaderLimits limits, ReadScratch scratch, CsvMapping mapping)
    {
        _batch = batch;
        _limits = limits;
        _mapping = mapping;
        _fields = new CsvTokenizer(body, scratch, limits.MaxCellBytes);
    }

    private enum Role
    {
        Ignored,
        Id,
        Ts,
        Prediction,
        Score,
        Label,
        ClassScore,
        Segment,
        Adapter,
        Measure,
        Cache,
        Feature,
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="RowFormatException">The request is refused.</exception>
    public void Read()
    {
        ReadHeader();
        while (_fields.TryStartRow())
        {
            _line = _fields.Line;
            if (_batch.Count >= _limits.MaxRows)
            {
                throw Fault(
                    "rows", $"The request has more than {_limits.MaxRows} rows, the most that one request may have; send several.", RowFaultKind.TooLarge);
            }

            _row = _batch.AddRow();
            if ((long)_columns.Count * _batch.Count > _limits.MaxCells)
            {
                throw Fault(
                    "rows",
                    $"{_batch.Count} rows of {_columns.Count} columns are more than {_limits.MaxCells} cells; send fewer rows in one request.",
                    RowFaultKind.TooLarge);
            }

            try
            {
                ReadRow();
            }
            catch (RowFormatException refused) when (refused.Fault.Row is null)
            {
                // The tokenizer does not know which row it splits.
                throw new RowFormatException(refused.Fault with { Path = $"rows[{_row}]", Row = _row });
            }
        }

        _row = -1;
        _line = 0;
        if (_batch.Count == 0)
            throw Fault("", "The body has a header and no rows, send at least one row.");
    }

    private static bool IsMissing(ReadOnlySpan<byte> cell) => cell.Length switch
    {
        0 => true,
        2 => cell.SequenceEqual("NA"u8),
        3 => cell.SequenceEqual("N/A"u8) || Ascii.EqualsIgnoreCase(cell, "nan"u8),
        4 => cell.SequenceEqual("null"u8) || cell.SequenceEqual("NULL"u8) || cell.SequenceEqual("None"u8),
        _ => false,
    };

    // "Infinity" in any case, with a sign or not, is the framework's; "inf" is ours. NaN is missing, never a number.
    private static bool TryNumber(ReadOnlySpan<byte> cell, out double value)
    {
        if (!cell.ContainsAny("0123456789iI"u8))
        {
            value = 0;
            return false;
        }

        if (DecimalNumber.TryParse(cell, out value))
            return true;
        var sign = cell[0] is (byte)'-' or (byte)'+';
        if (!Ascii.EqualsIgnoreCase(sign ? cell[1..] : cell, "inf"u8))
            return false;
        value = cell[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return true;
    }

    private void ReadRow()
    {
        var count = 0;
        do
        {
            var cell = _fields.ReadField();
            if (count < _columns.Count)
                ReadCell(_columns[count], cell);
            count++;
        }
        while (!_fields.EndOfRow);

        if (count != _columns.Count)
            throw Fault($"rows[{_row}]", $"rows[{_row}] has {count} fields, the header has {_columns.Count}.");
    }

    private readonly void ReadCell(Column column, ReadOnlySpan<byte> cell)
    {
        switch (column.Role)
        {
            case Role.Ignored:
                break;
            case Role.Id:
                if (IsMissing(cell))
                    break;
                if (RowText.IsLonger(cell, _limits.MaxIdLength) || RowText.HasZero(cell))
                    throw CellFault(column, $"must have 1 to {_limits.MaxIdLength} characters, none of them U+0000");
                _batch.SetId(_row, _batch.Texts.Add(cell));
                break;
            case Role.Ts:
                if (IsMissing(cell))
                    break;
                if (!EventTime.TryParse(cell, out var ticks) && !EventTime.TryParseUnix(cell, out ticks))
                    throw CellFault(column, $"must be {EventTime.Expected}; found '{RowText.Show(cell)}'");
                _batch.SetTime(_row, ticks);
                break;
            case Role.Score or Role.ClassScore:
                if (IsMissing(cell))
                    column.Cells!.SetMissing(_row);
                else if (TryNumber(cell, out var score))
                    column.Cells!.SetNumber(_row, score, _batch.Texts.Add(cell));
                else
                    throw CellFault(column, $"must be a number, found '{RowText.Show(cell)}'");
                break;
            case Role.Adapter:
                if (IsMissing(cell))
                    break;
                if (RowText.IsLonger(cell, _limits.MaxIdLength) || RowText.HasZero(cell))
                    throw CellFault(column, $"must have at most {_limits.MaxIdLength} characters, none of them U+0000");
                _batch.Serving.Adapter.SetText(_row, _batch.Texts.Add(cell));
                break;
            case Role.Measure:
                if (IsMissing(cell))
                    break;
                if (!TryNumber(cell, out var measure))
                    throw CellFault(column, $"must be a number, found '{RowText.Show(cell)}'");
                column.Cells!.SetNumber(_row, measure);
                break;
            case Role.Cache:
                if (!IsMissing(cell))
                    _batch.Serving.SetCache(_row, cell);
                break;
            default:
                if (column.Role != Role.Feature && RowText.HasZero(cell))
                    throw CellFault(column, "must not hold U+0000");
                SetCell(column.Cells!, cell);
                break;
        }
    }

    private readonly void SetCell(Cells cells, ReadOnlySpan<byte> cell)
    {
        if (IsMissing(cell))
            cells.SetMissing(_row);
        else if (TryNumber(cell, out var value))
            cells.SetNumber(_row, value, _batch.Texts.Add(cell));
        else if (cell.SequenceEqual("true"u8))
            cells.SetBoolean(_row, true);
        else if (cell.SequenceEqual("false"u8))
            cells.SetBoolean(_row, false);
        else
            cells.SetText(_row, _batch.Texts.Add(cell));
    }

    private void ReadHeader()
    {
        if (!_fields.TryStartRow())
            throw Fault("", "The body is empty; a header line is expected.");
        _line = _fields.Line;
        var names = new List<string>();
        do
        {
            var name = _fields.ReadField();
            if (names.Count == 3 * _limits.MaxColumns)
                throw Fault("", $"The header has more than {3 * _limits.MaxColumns} columns.", RowFaultKind.TooLarge);
            if (name.IsEmpty)
                throw Fault("", $"the name of column {names.Count + 1} of the header is empty.");
            if (RowText.HasZero(name))
                throw Fault("", $"the name of column {names.Count + 1} of the header holds U+0000.");
            if (RowText.IsLonger(name, _limits.MaxNameLength))
                throw Fault("", $"'{RowText.Show(name)}' in the header is longer than {_limits.MaxNameLength} characters.", RowFaultKind.TooLarge);
            names.Add(Encoding.UTF8.GetString(name));
        }
        while (!_fields.EndOfRow);

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.Add(name))
                throw Fault("", $"the header has '{RowText.Show(Encoding.UTF8.GetBytes(name))}' twice.");
        }

        CheckMapped(names, "id", _mapping.Id);
        CheckMapped(names, "ts", _mapping.Ts);
        CheckMapped(names, "prediction", _mapping.Prediction);
        CheckMapped(names, "score", _mapping.Score);
        CheckMapped(names, "label", _mapping.Label);
        foreach (var name in names)
            _columns.Add(ColumnOf(name));
        CheckColumns();
    }

    private readonly void CheckMapped(List<string> names, string role, string? mapped)
    {
        if (mapped is not null && !names.Contains(mapped))
            throw Fault("", $"{role}={mapped} was asked for, and the header has no column of that name; it has {string.Join(", ", names.Take(20))}.");
    }

    private readonly void CheckColumns()
    {
        var seen = new Dictionary<(Role, Cells?), string>();
        foreach (var column in _columns)
        {
            if (column.Role != Role.Ignored && !seen.TryAdd((column.Role, column.Cells), column.Header))
                throw Fault("", $"'{seen[(column.Role, column.Cells)]}' and '{column.Header}' in the header are both {column.Path}; rename or ignore one.");
        }

        if (Math.Max(_batch.Features.Count, Math.Max(_batch.Segments.Count, _batch.ClassScores.Count)) > _limits.MaxColumns)
            throw Fault("", $"The header names more than {_limits.MaxColumns} features, segments or classes.", RowFaultKind.TooLarge);
    }

    // A mapped role is played by that column alone; the default name of it is then a feature like any other.
    private readonly Column ColumnOf(string name)
    {
        if (_mapping.Ignore.Contains(name))
            return new Column(Role.Ignored, name, name, null);
        if (name == _mapping.Id || (_mapping.Id is null && name is "id" or "prediction_id"))
            return new Column(Role.Id, name, "id", null);
        if (name == _mapping.Ts || (_mapping.Ts is null && name is "ts" or "timestamp"))
            return new Column(Role.Ts, name, "ts", null);
        if (name == (_mapping.Prediction ?? "prediction"))
            return new Column(Role.Prediction, name, "prediction", _batch.Prediction);
        if (name == (_mapping.Score ?? "score"))
            return new Column(Role.Score, name, "score", _batch.Score);
        if (name == (_mapping.Label ?? "label"))
            return new Column(Role.Label, name, "label", _batch.Label);
        if (name == "adapter")
            return new Column(Role.Adapter, name, name, _batch.Serving.Adapter);
        if (name == "latency_ms")
            return new Column(Role.Measure, name, name, _batch.Serving.LatencyMs);
        if (name == "cache")
            return new Column(Role.Cache, name, name, _batch.Serving.Cache);
        if (name.StartsWith("tokens.", StringComparison.Ordinal) && _batch.Serving.Tokens(Encoding.UTF8.GetBytes(name["tokens.".Length..])) is { } tokens)
            return new Column(Role.Measure, name, name, tokens);
        if (Rest(name, "score.") is { } outputClass)
            return new Column(Role.ClassScore, name, "score" + RowText.Step(outputClass), _batch.ClassScore(outputClass));
        if (Rest(name, "segment.") is { } segment)
            return new Column(Role.Segment, name, "segment" + RowText.Step(segment), _batch.Segment(segment));
        var feature = Rest(name, "features.") ?? name;
        return new Column(Role.Feature, name, "features" + RowText.Step(feature), _batch.Feature(feature));
    }

    private readonly string? Rest(string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return null;
        return name.Length > prefix.Length
            ? name[prefix.Length..]
            : throw Fault("", $"'{name}' in the header has no name after the dot.");
    }

    private readonly RowFormatException CellFault(Column column, string message)
    {
        var path = $"rows[{_row}].{column.Path}";
        return Fault(path, $"{path} {message}.");
    }

    private readonly RowFormatException Fault(string path, string message, RowFaultKind kind = RowFaultKind.Malformed) =>
        new(new RowFault(kind, path, _row < 0 ? null : _row, _line > 0 ? $"line {_line}: {message}" : message));

    private sealed record Column(Role Role, string Header, string Path, Cells? Cells);
}
