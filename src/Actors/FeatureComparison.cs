using Drift.Core.Detection;

namespace Drift.Actors;

/// <summary>One column's reference and current histograms.</summary>
public sealed record FeatureComparison
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The window.</summary>
    public string Window { get; init; } = "";

    /// <summary>What the verdict says of the column; null while learning.</summary>
    public ColumnVerdict? Verdict { get; init; }

    /// <summary>The coarse bins that the statistics use.</summary>
    public IReadOnlyList<BinComparison> Bins { get; init; } = [];

    /// <summary>The fine bins of a numeric column.</summary>
    public IReadOnlyList<BinComparison>? FineBins { get; init; }

    /// <summary>Summary of the reference, numeric columns with values.</summary>
    public NumericSummary? Reference { get; init; }

    /// <summary>Summary of the current rows, numeric columns with values.</summary>
    public NumericSummary? Current { get; init; }
}
