using Drift.Core.Detection;

namespace Drift.Actors;

/// <summary>One evaluation in history.</summary>
public sealed record HistoryEntry
{
    /// <summary>When it was evaluated.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The model, <c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The window.</summary>
    public string Window { get; init; } = "";

    /// <summary>The column, when a column was asked for.</summary>
    public string? Feature { get; init; }

    /// <summary>KL divergence.</summary>
    public double? KlDivergence { get; init; }

    /// <summary>PSI.</summary>
    public double? Psi { get; init; }

    /// <summary>JS distance.</summary>
    public double? Js { get; init; }

    /// <summary>Accuracy on the reference.</summary>
    public double? BaselineAccuracy { get; init; }

    /// <summary>Accuracy in the window.</summary>
    public double? CurrentAccuracy { get; init; }

    /// <summary>Combined score.</summary>
    public double? CombinedScore { get; init; }

    /// <summary>p-value of the column, when a column was asked for.</summary>
    public double? PValue { get; init; }

    /// <summary>Whether drift was detected (in the column, when one was asked for).</summary>
    public bool DriftDetected { get; init; }

    /// <summary>Severity.</summary>
    public Severity Severity { get; init; }

    /// <summary>Rows in the window.</summary>
    public long Rows { get; init; }
}
