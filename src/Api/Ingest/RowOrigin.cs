using System.Globalization;
using System.Text.RegularExpressions;
using Drift.Api.Rows;

namespace Drift.Api.Ingest;

/// <summary>
/// Where a part of a longer body begins. Readers count rows and lines from the first byte that they are given; this puts what they say
/// into the terms of whoever sent the whole body.
/// </summary>
/// <param name="FirstRow">The body's row, counted from 0, that is the part's first.</param>
/// <param name="LinesBefore">Lines of the body before the part, less those that the part repeats: a CSV header.</param>
internal readonly partial record struct RowOrigin(long FirstRow, long LinesBefore)
{
    /// <summary>The body as a whole.</summary>
    public static RowOrigin Body => default;

    /// <summary>The fault as it reads in the whole body.</summary>
    public RowFault Place(RowFault fault)
    {
        if (this == Body)
            return fault;
        var linesBefore = LinesBefore;

        // Readers name the line before they quote anything of the body, so the first match is theirs.
        var message = Line().Replace(
            fault.Message, m => m.Groups[1].Value + (long.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture) + linesBefore).ToString(CultureInfo.InvariantCulture), 1);
        if (fault.Row is not { } row)
            return fault with { Message = message };

        string before = PathOf(row), after = PathOf(row + FirstRow);
        if (!fault.Path.StartsWith(before, StringComparison.Ordinal))
            return fault with { Row = row + FirstRow, Message = message };

        // A message begins with the path, or names it behind what it quotes.
        var path = after + fault.Path[before.Length..];
        var at = message.IndexOf(fault.Path, StringComparison.Ordinal) is var first && first == message.IndexOf(": ", StringComparison.Ordinal) + 2
            ? first
            : message.LastIndexOf(fault.Path, StringComparison.Ordinal);
        return fault with
        {
            Row = row + FirstRow,
            Path = path,
            Message = at < 0 ? message : string.Concat(message.AsSpan(0, at), path, message.AsSpan(at + fault.Path.Length)),
        };
    }

    private static string PathOf(long row) => string.Create(CultureInfo.InvariantCulture, $"rows[{row}]");

    [GeneratedRegex(@"^(line |not valid JSON at line |The body is not UTF-8: invalid bytes at line )(\d+)(?=[:,])", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
