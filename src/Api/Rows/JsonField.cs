namespace Drift.Api.Rows;

/// <summary>The fields of a JSON row.</summary>
internal enum JsonField
{
    Unknown,
    Features,
    Id,
    Ts,
    Prediction,
    Score,
    Label,
    Segment,
    Adapter,
    LatencyMs,
    Tokens,
    Cache,
}

/// <summary>The fields' names.</summary>
internal static class JsonFields
{
    private static readonly string[] Names =
        ["", "features", "id", "ts", "prediction", "score", "label", "segment", "adapter", "latency_ms", "tokens", "cache"];

    /// <summary>All names, for messages.</summary>
    public const string All = "id, ts, features, prediction, score, label, segment, adapter, latency_ms, tokens, cache";

    /// <summary>The name of a field.</summary>
    public static string NameOf(JsonField field) => Names[(int)field];

    /// <summary>The field of that name.</summary>
    public static JsonField Of(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("features"u8) ? JsonField.Features
        : name.SequenceEqual("id"u8) ? JsonField.Id
        : name.SequenceEqual("ts"u8) ? JsonField.Ts
        : name.SequenceEqual("prediction"u8) ? JsonField.Prediction
        : name.SequenceEqual("score"u8) ? JsonField.Score
        : name.SequenceEqual("label"u8) ? JsonField.Label
        : name.SequenceEqual("segment"u8) ? JsonField.Segment
        : name.SequenceEqual("latency_ms"u8) ? JsonField.LatencyMs
        : name.SequenceEqual("tokens"u8) ? JsonField.Tokens
        : name.SequenceEqual("adapter"u8) ? JsonField.Adapter
        : name.SequenceEqual("cache"u8) ? JsonField.Cache
        : JsonField.Unknown;
}
