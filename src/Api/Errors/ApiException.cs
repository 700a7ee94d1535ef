using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Drift.Api.Errors;

/// <summary>A request that this layer refuses; nothing has changed. The message is for the caller: what is wrong and what would be right.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Without a kind it could not be answered.")]
internal sealed class ApiException(ErrorKind kind, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public ErrorKind Kind { get; } = kind;

    /// <summary>What is wrong by field, when fields are.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    /// <summary>The row that is wrong, counted from 0 as in the body's rows, when one is.</summary>
    public long? Row { get; init; }

    /// <summary>The limit that was reached, when one was.</summary>
    public LimitReport? Limit { get; init; }

    /// <summary>When it is worth trying again, for refusals that pass; null for the usual second.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same refusal with its row counted from the begin of a longer body, of which the rows were a part.</summary>
    /// <param name="firstRow">The body's row that was the part's first.</param>
    public ApiException Behind(long firstRow)
    {
        if (Row is not { } row || firstRow == 0)
            return this;
        var prefix = PrefixOf(row);
        var message = Message.StartsWith(prefix, StringComparison.Ordinal) ? PrefixOf(row + firstRow) + Message[prefix.Length..] : Message;
        return new ApiException(Kind, message, InnerException) { Fields = Fields, Row = row + firstRow, Limit = Limit, RetryAfter = RetryAfter };
    }

    /// <summary>A refusal for one field.</summary>
    public static ApiException ForField(ErrorKind kind, string field, string message, long? row = null) =>
        new(kind, row is { } at ? $"{PrefixOf(at)}'{field}' {message}." : $"'{field}' {message}.")
        {
            Fields = new Dictionary<string, string[]> { [field] = [message] },
            Row = row,
        };

    private static string PrefixOf(long row) => string.Create(CultureInfo.InvariantCulture, $"Row {row}: ");
}
