namespace Drift.Api.Errors;

/// <summary>What a caller is told of a failure.</summary>
/// <param name="Kind">Which problem it is.</param>
/// <param name="Detail">What is wrong with this request and what would be right.</param>
internal sealed record ProblemReport(ErrorKind Kind, string Detail)
{
    /// <summary>What is wrong by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    /// <summary>The row that is wrong, counted from 0.</summary>
    public long? Row { get; init; }

    /// <summary>The limit that was reached.</summary>
    public LimitReport? Limit { get; init; }

    /// <summary>When to try again; null for the usual second.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
