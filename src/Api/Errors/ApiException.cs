using System.Diagnostics.CodeAnalysis;

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

    /// <summary>A refusal for one field.</summary>
    public static ApiException ForField(ErrorKind kind, string field, string message, long? row = null) =>
        new(kind, row is null ? $"'{field}' {message}." : $"Row {row}: '{field}' {message}.")
        {
            Fields = new Dictionary<string, string[]> { [field] = [message] },
            Row = row,
        };
}
