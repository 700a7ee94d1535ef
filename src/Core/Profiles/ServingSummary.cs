namespace Drift.Core.Profiles;

/// <summary>How the rows of a segment were served. Sums of rows that said nothing are 0; averages over none are null.</summary>
public sealed record ServingSummary
{
    /// <summary>Rows that said how long they took.</summary>
    public long Timed { get; init; }

    /// <summary>The mean of their latencies, in milliseconds.</summary>
    public double? LatencyMeanMs { get; init; }

    /// <summary>The latency that half of them do not exceed, interpolated between fixed edges.</summary>
    public double? LatencyP50Ms { get; init; }

    /// <summary>The latency that 95 % of them do not exceed, likewise; at most 60 000, the last edge.</summary>
    public double? LatencyP95Ms { get; init; }

    /// <summary>The latency that 99 % of them do not exceed, likewise.</summary>
    public double? LatencyP99Ms { get; init; }

    /// <summary>Tokens of prompts.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens of answers.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Rows whose answer a cache had.</summary>
    public long CacheHits { get; init; }

    /// <summary>Rows whose answer a cache had not.</summary>
    public long CacheMisses { get; init; }

    /// <summary>The summary of counts; null when there are none.</summary>
    public static ServingSummary? Of(ServingCounts? counts) => counts is null or { IsEmpty: true } ? null : new ServingSummary
    {
        Timed = counts.Timed,
        LatencyMeanMs = counts.Timed == 0 ? null : counts.LatencyMicroseconds / 1000.0 / counts.Timed,
        LatencyP50Ms = counts.LatencyQuantileMs(0.5),
        LatencyP95Ms = counts.LatencyQuantileMs(0.95),
        LatencyP99Ms = counts.LatencyQuantileMs(0.99),
        PromptTokens = counts.PromptTokens,
        CompletionTokens = counts.CompletionTokens,
        CacheHits = counts.CacheHits,
        CacheMisses = counts.CacheMisses,
    };
}
