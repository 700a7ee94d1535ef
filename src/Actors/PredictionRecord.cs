namespace Drift.Actors;

/// <summary>A prediction as the log keeps it, for labels that come later.</summary>
public sealed record PredictionRecord
{
    /// <summary>The prediction's id, at most 200 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Event time, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The class or the number predicted, as a category name; null when there was none.</summary>
    public string? Prediction { get; init; }

    /// <summary>The score of the positive class.</summary>
    public double? Score { get; init; }

    /// <summary>Scores by class.</summary>
    public IReadOnlyDictionary<string, double>? ClassScores { get; init; }

    /// <summary>The label, when the row carried it already: then a later one is a duplicate.</summary>
    public string? Label { get; init; }

    /// <summary>The segments the row belongs to, <c>column=value</c>.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>Whether the row was kept for the reference: then its label tells of the reference's performance. Set by the actor.</summary>
    public bool InReference { get; init; }
}
