namespace Drift.Actors;

/// <summary>Labels by prediction id.</summary>
public sealed record LabelBatch
{
    /// <summary>The caller's id of the batch; null when it gave none.</summary>
    public string? BatchId { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyList<LabelRecord> Labels { get; init; } = [];
}
