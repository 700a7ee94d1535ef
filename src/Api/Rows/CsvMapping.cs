namespace Drift.Api.Rows;

/// <summary>Which column of a CSV header plays which role, where the header does not use the default names.</summary>
internal sealed record CsvMapping
{
    /// <summary>The default names and no ignored column.</summary>
    public static CsvMapping Default { get; } = new();

    /// <summary>Header name of the prediction id.</summary>
    /// <value>Default null: <c>id</c> or <c>prediction_id</c>, if there.</value>
    public string? Id { get; init; }

    /// <summary>Header name of the event time.</summary>
    /// <value>Default null: <c>ts</c> or <c>timestamp</c>, if there.</value>
    public string? Ts { get; init; }

    /// <summary>Header name of the model's output.</summary>
    /// <value>Default null: <c>prediction</c>, if there.</value>
    public string? Prediction { get; init; }

    /// <summary>Header name of the score.</summary>
    /// <value>Default null: <c>score</c>, if there.</value>
    public string? Score { get; init; }

    /// <summary>Header name of the ground truth.</summary>
    /// <value>Default null: <c>label</c>, if there.</value>
    public string? Label { get; init; }

    /// <summary>Header names to leave out; names that the header does not have are no error.</summary>
    /// <value>Default none.</value>
    public IReadOnlySet<string> Ignore { get; init; } = new HashSet<string>();
}
