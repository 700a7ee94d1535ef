using Drift.Core.Plans;

namespace Drift.Core.Detection;

/// <summary>How bad a drift is.</summary>
public enum Severity
{
    /// <summary>No drift.</summary>
    None = 0,

    /// <summary>The first threshold is passed.</summary>
    Warning = 1,

    /// <summary>The second threshold is passed.</summary>
    Moderate = 2,

    /// <summary>The third threshold is passed.</summary>
    Critical = 3,
}

/// <summary>Whether a verdict could be reached.</summary>
public enum VerdictStatus
{
    /// <summary>The window was compared with the reference.</summary>
    Ok,

    /// <summary>The window (or the reference) has fewer rows than <c>min_rows</c>: no drift is claimed either way.</summary>
    Insufficient,

    /// <summary>There is no reference yet.</summary>
    Learning,
}

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

    /// <summary>The columns, worst first: drifted before quiet, then by share.</summary>
    public IReadOnlyList<ColumnVerdict> Features { get; init; } = [];
}

/// <summary>What one evaluation says of one column.</summary>
public sealed record ColumnVerdict
{
    /// <summary>The column.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is to the model.</summary>
    public ColumnRole Role { get; init; }

    /// <summary>Its type.</summary>
    public ColumnType Type { get; init; }

    /// <summary>Severity by the thresholds, <see cref="Severity.None"/> unless <see cref="Drifted"/>.</summary>
    public Severity Severity { get; init; }

    /// <summary>Past a threshold and significant after Benjamini–Hochberg.</summary>
    public bool Drifted { get; init; }

    /// <summary>Part of the summed PSI of all columns, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Population stability index.</summary>
    public double? Psi { get; init; }

    /// <summary>Kullback–Leibler divergence of the reference from the current rows, nats.</summary>
    public double? Kl { get; init; }

    /// <summary>Jensen–Shannon distance, base 2, 0 to 1.</summary>
    public double? Js { get; init; }

    /// <summary>Hellinger distance, 0 to 1.</summary>
    public double? Hellinger { get; init; }

    /// <summary>Wasserstein distance in standard deviations of the reference; numeric columns.</summary>
    public double? Wasserstein { get; init; }

    /// <summary>Kolmogorov–Smirnov statistic over percentile edges, 0 to 1; numeric columns.</summary>
    public double? Ks { get; init; }

    /// <summary>Its asymptotic p-value.</summary>
    public double? KsP { get; init; }

    /// <summary>χ² of the 2×K contingency table; categorical columns.</summary>
    public double? Chi2 { get; init; }

    /// <summary>Its p-value.</summary>
    public double? Chi2P { get; init; }

    /// <summary>Largest difference of a bin's shares, 0 to 1.</summary>
    public double? LInfinity { get; init; }

    /// <summary>Distance of the mean random Fourier features (an estimate of MMD), 0 to 2; embedding columns.</summary>
    public double? Mmd { get; init; }

    /// <summary>PSI to be expected at these sample sizes without any drift.</summary>
    public double? PsiNoise { get; init; }

    /// <summary>p-value of no drift.</summary>
    public double? PValue { get; init; }

    /// <summary>The p-value adjusted over all columns (Benjamini–Hochberg).</summary>
    public double? QValue { get; init; }

    /// <summary>Severity by statistic, for those past a threshold, significant or not.</summary>
    public IReadOnlyDictionary<string, Severity>? Severities { get; init; }

    /// <summary>Share of current rows without a value, 0 to 1.</summary>
    public double Missing { get; init; }

    /// <summary>Share of current values that the reference never had, 0 to 1; categorical columns.</summary>
    public double Unseen { get; init; }

    /// <summary>Share of current values outside the reference's range, 0 to 1; numeric columns.</summary>
    public double OutOfRange { get; init; }
}
