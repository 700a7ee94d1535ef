namespace Drift.Actors;

/// <summary>One batch of predictions on its way to the model's actor: binned (a delta) or, while the model learns, raw.</summary>
public sealed record IngestBatch
{
    /// <summary>The caller's id of the batch, at most 200 characters; null when it gave none, then a repetition counts again.</summary>
    public string? BatchId { get; init; }

    /// <summary>Rows in the batch.</summary>
    public int Rows { get; init; }

    /// <summary>The delta of a binned batch, else null.</summary>
    public byte[]? Delta { get; init; }

    /// <summary>The encoded row batch of a raw one, else null.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>The rows that carry an id, for the prediction log and the label join.</summary>
    public IReadOnlyList<PredictionRecord> Predictions { get; init; } = [];
}
