namespace Drift.Api.Errors;

/// <summary>An error on the wire (RFC 9457), as <c>application/problem+json</c>.</summary>
internal sealed record Problem
{
    /// <summary>The media type of problems.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>Names the kind of problem; stable.</summary>
    public required string Type { get; init; }

    /// <summary>The kind in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request and what would be right.</summary>
    public required string Detail { get; init; }

    /// <summary>What is wrong by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The row that is wrong, counted from 0.</summary>
    public long? Row { get; init; }

    /// <summary>The limit that was reached, with 429.</summary>
    public LimitReport? Limit { get; init; }

    /// <summary>What the server's log knows this request by.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("traceId")]
    public string? TraceId { get; init; }
}
