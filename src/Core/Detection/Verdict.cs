using Drift.Core.Profiles;

namespace Drift.Core.Detection;

/// <summary>One evaluation of a window against the reference. Doubles are finite; null means not defined.</summary>
public sealed record Verdict
{
    /// <summary>The model, <c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The window: <c>1h</c>, <c>24h</c>, <c>7d</c>, <c>30d</c>.</summary>
    public string Window { get; init; } = "";

    /// <summary>The segment, <c>column=value</c>; null for all rows.</summary>
    public string? Segment { get; init; }

    /// <summary>When it was evaluated, UTC.</summary>
    public DateTimeOffset EvaluatedAt { get; init; }

    /// <summary>Rows in the window.</summary>
    public long Rows { get; init; }

    /// <summary>Rows in the reference.</summary>
    public long ReferenceRows { get; init; }

    /// <summary>Version of the plan, 0 while learning.</summary>
    public int Plan { get; init; }

    /// <summary>Whether a verdict could be reached.</summary>
    public VerdictStatus Status { get; init; }

    /// <summary>The worst severity of a drifted feature or prediction column, or of the accuracy.</summary>
    public Severity Severity { get; init; }

    /// <summary>Whether this evaluation says drift; hysteresis decides what follows from it.</summary>
    public bool DriftDetected { get; init; }

    /// <summary>KL of the worst drifted column among features and prediction; when none drifted, of the one with the smallest p-value.</summary>
    public double? Kl { get; init; }

    /// <summary>PSI of the same column.</summary>
    public double? Psi { get; init; }

    /// <summary>JS distance of the same column.</summary>
    public double? Js { get; init; }

    /// <summary>0.4·min(KL/0.2, 1) + 0.4·min(PSI/0.3, 1) + 0.2·min(accuracy loss/0.1, 1); without labels ½ and ½. 0 to 1.</summary>
    public double? CombinedScore { get; init; }

    /// <summary>How many columns drifted.</summary>
    public int DriftedColumns { get; init; }

    /// <summary>How many columns were compared.</summary>
    public int Columns { get; init; }

    /// <summary>Accuracy on the reference, 0 to 1.</summary>
    public double? ReferenceAccuracy { get; init; }

    /// <summary>Accuracy in the window, 0 to 1.</summary>
    public double? CurrentAccuracy { get; init; }

    /// <summary>Severity of the accuracy alone.</summary>
    public Severity? AccuracySeverity { get; init; }

    /// <summary>How the rows of a segment were served; null for all rows, and where no row said anything of that.</summary>
    public ServingSummary? Serving { get; init; }

    /// <summary>The columns, worst first: drifted before quiet, then by share.</summary>
    public IReadOnlyList<ColumnVerdict> Features { get; init; } = [];
}
