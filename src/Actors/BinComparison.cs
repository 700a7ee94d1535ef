namespace Drift.Actors;

/// <summary>One bin of a column, reference and current side by side.</summary>
public sealed record BinComparison
{
    /// <summary>A category's name, or <c>(other)</c>, <c>(unseen)</c>, <c>(missing)</c>; null for a numeric bin.</summary>
    public string? Category { get; init; }

    /// <summary>Lower edge, in the bin; null for the open first bin.</summary>
    public double? From { get; init; }

    /// <summary>Upper edge, not in the bin; null for the open last bin.</summary>
    public double? To { get; init; }

    /// <summary>Reference rows.</summary>
    public long Reference { get; init; }

    /// <summary>Current rows.</summary>
    public long Current { get; init; }

    /// <summary>Share of the reference, 0 to 1.</summary>
    public double ReferenceShare { get; init; }

    /// <summary>Share of the current rows, 0 to 1.</summary>
    public double CurrentShare { get; init; }
}
