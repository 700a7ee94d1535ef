namespace Drift.Api.Wire;

/// <summary>Telemetry of what serves models.</summary>
internal sealed record TelemetryBatch
{
    /// <summary>An id of the batch: one that this process has taken within the last hour is not counted again.</summary>
    public string? BatchId { get; init; }

    /// <summary>Who sends it, such as the server's name; gauges have a series for each.</summary>
    public string? Source { get; init; }

    /// <summary>What there is to tell, in any order.</summary>
    public required IReadOnlyList<TelemetrySample> Samples { get; init; }
}

/// <summary>What happened since the sample before, of one model and adapter.</summary>
internal sealed record TelemetrySample
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The adapter; absent for the base model.</summary>
    public string? Adapter { get; init; }

    /// <summary>Requests answered, those with errors among them.</summary>
    public long? Requests { get; init; }

    /// <summary>Requests that ended in an error.</summary>
    public long? Errors { get; init; }

    /// <summary>Tokens by type.</summary>
    public IReadOnlyDictionary<string, long>? Tokens { get; init; }

    /// <summary>What a cache had.</summary>
    public TelemetryCache? Cache { get; init; }

    /// <summary>Times from request to answer, in milliseconds, one for each request.</summary>
    public IReadOnlyList<double>? LatencyMs { get; init; }

    /// <summary>Times that the model itself took, in milliseconds, one for each request.</summary>
    public IReadOnlyList<double>? InferenceMs { get; init; }

    /// <summary>Requests that wait now.</summary>
    public double? QueueDepth { get; init; }

    /// <summary>Requests that are computed together.</summary>
    public double? BatchSize { get; init; }

    /// <summary>Memory that the model takes, in bytes.</summary>
    public double? MemoryBytes { get; init; }
}

/// <summary>What a cache had.</summary>
/// <param name="Hits">Answers that it had.</param>
/// <param name="Misses">Answers that it had not.</param>
internal sealed record TelemetryCache(long Hits, long Misses);

/// <summary>What became of a batch of telemetry.</summary>
/// <param name="BatchId">Its id.</param>
/// <param name="Accepted">Samples that count.</param>
/// <param name="Duplicate">Whether it counted before; then nothing has changed.</param>
internal sealed record TelemetryReceipt(string? BatchId, int Accepted, bool Duplicate);
