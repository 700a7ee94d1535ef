using System.Text.Json;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>Where it went wrong, and in which words.</summary>
internal ref partial struct JsonRowReader
{
    private static string? NameIn(JsonField field, Cells cells) =>
        field is JsonField.Features or JsonField.Segment or JsonField.Score ? cells.Name : null;

    private readonly string PathOf(JsonField field, string? name = null)
    {
        var within = (field == JsonField.Unknown ? "" : "." + JsonFields.NameOf(field)) + (name is null ? "" : RowText.Step(name));
        if (_columnar)
            return _row < 0 ? $"columns{within}" : $"columns{within}[{_row}]";
        return _row < 0 ? within.TrimStart('.') : $"rows[{_row}]{within}";
    }

    /// <summary>A fault; <paramref name="prefixed"/> messages begin with the path and get their full stop here.</summary>
    private readonly RowFormatException Fault(
        string path, string message, RowFaultKind kind = RowFaultKind.Malformed, bool prefixed = false)
    {
        if (prefixed)
            message = $"{(path.Length == 0 ? "The body" : path)} {message}.";
        if (_line > 0)
            message = $"line {_line}: {message}";
        return new RowFormatException(new RowFault(kind, path, _row < 0 ? null : _row, message));
    }

    private readonly RowFormatException UnknownField(ReadOnlySpan<byte> name)
    {
        var place = _columnar ? "columns" : $"rows[{_row}]";
        return Fault(place, $"unknown field '{RowText.Show(name)}' in {place}; features belong inside \"features\", beside {JsonFields.All}.");
    }

    private readonly RowFormatException Syntax(JsonException invalid)
    {
        var line = _line > 0 ? _line : (invalid.LineNumber ?? 0) + 1;
        var place = $"not valid JSON at line {line}, byte {(invalid.BytePositionInLine ?? 0) + 1}: {Reason(invalid.Message)}";
        return new RowFormatException(new RowFault(
            RowFaultKind.Malformed, PathOf(JsonField.Unknown), _row < 0 ? null : _row, place));
    }

    // The framework's sentence without its own position, which stands before it already. It may quote the body up to its end, and
    // how far depends on the segments; of a longer quote only the first character stays.
    private static string Reason(string message)
    {
        var end = message.LastIndexOf(" LineNumber:", StringComparison.Ordinal);
        var sentence = end < 0 ? message : message[..end];
        var quoteEnd = sentence.LastIndexOf("' is ", StringComparison.Ordinal);
        if (sentence[0] != '\'' || quoteEnd <= 2)
            return sentence;
        var first = char.IsSurrogate(sentence[1]) ? 3 : 2;
        return string.Concat(sentence.AsSpan(0, first), "…", sentence.AsSpan(quoteEnd));
    }

    private readonly string Found() => _reader.TokenType switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray => "an array",
        _ => "an object",
    };
}
