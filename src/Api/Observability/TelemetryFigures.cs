namespace Drift.Api.Observability;

/// <summary>What a server tells of a model and, when it has one, an adapter; checked already.</summary>
internal sealed record TelemetryFigures
{
    /// <summary>The adapter; null for the base model.</summary>
    public string? Adapter { get; init; }

    /// <summary>Requests answered, those with errors among them.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that ended in an error.</summary>
    public long Errors { get; init; }

    /// <summary>Tokens by type, of <see cref="ServingInstruments.TokenTypes"/>.</summary>
    public IReadOnlyDictionary<string, long> Tokens { get; init; } = new Dictionary<string, long>();

    /// <summary>Answers that a cache had.</summary>
    public long CacheHits { get; init; }

    /// <summary>Answers that a cache had not.</summary>
    public long CacheMisses { get; init; }

    /// <summary>Times from request to answer, in milliseconds.</summary>
    public IReadOnlyList<double> LatencyMs { get; init; } = [];

    /// <summary>Times that the model itself took, in milliseconds.</summary>
    public IReadOnlyList<double> InferenceMs { get; init; } = [];

    /// <summary>Requests that wait.</summary>
    public double? QueueDepth { get; init; }

    /// <summary>Requests that are computed together.</summary>
    public double? BatchSize { get; init; }

    /// <summary>Memory that the model takes, in bytes.</summary>
    public double? MemoryBytes { get; init; }
}
