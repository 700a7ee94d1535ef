namespace Drift.Actors;

/// <summary>
/// Batches of predictions on their way to the model's actor, as one: what a node has gathered is counted together or not at all. Binned (a
/// delta) or, while the model learns, raw.
/// </summary>
public sealed record IngestBatch
{
    /// <summary>
    /// The callers' ids of the batches in it, each at most 200 characters and given once. A batch without an id has none here: sent again
    /// it counts again.
    /// </summary>
    public IReadOnlyList<string> BatchIds { get; init; } = [];

    /// <summary>Rows in it.</summary>
    public int Rows { get; init; }

    /// <summary>The delta of binned rows, else null.</summary>
    public byte[]? Delta { get; init; }

    /// <summary>The encoded row batch of raw ones, else null.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>The rows that carry an id, for the prediction log and the label join.</summary>
    public IReadOnlyList<PredictionRecord> Predictions { get; init; } = [];
}
