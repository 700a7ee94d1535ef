using Drift.Actors;
using Drift.Core.Detection;

namespace Drift.Api.Wire;

/// <summary>A tenant's models.</summary>
internal sealed record ModelList(string Tenant, IReadOnlyList<ModelStatus> Models);

/// <summary>The period to make the reference; times RFC 3339.</summary>
internal sealed record PinRequest
{
    /// <summary>Start of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the period, not in it.</summary>
    public required DateTimeOffset To { get; init; }
}

/// <summary>Verdicts of one model over time, newest first.</summary>
internal sealed record HistoryPage(string Model, int Days, DateTimeOffset From, IReadOnlyList<HistoryEntry> Entries);

/// <summary>Verdicts by segment, worst first.</summary>
internal sealed record SegmentPage(string Model, IReadOnlyList<Verdict> Segments);

/// <summary>The state of all models of a tenant in short.</summary>
internal sealed record DriftSummary
{
    /// <summary>The tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>When this was put together.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Sums over the models.</summary>
    public required SummaryTotals Totals { get; init; }

    /// <summary>The models by name.</summary>
    public required IReadOnlyList<ModelSummary> Models { get; init; }
}

/// <summary>Sums over models.</summary>
internal sealed record SummaryTotals
{
    /// <summary>How many models there are.</summary>
    public int Models { get; init; }

    /// <summary>Those that still learn.</summary>
    public int Learning { get; init; }

    /// <summary>Those that compare.</summary>
    public int Monitoring { get; init; }

    /// <summary>Those whose latest verdict says drift.</summary>
    public int Drifted { get; init; }

    /// <summary>Those whose drift state is open after hysteresis.</summary>
    public int DriftOpen { get; init; }

    /// <summary>Those with too few rows for a verdict.</summary>
    public int Insufficient { get; init; }

    /// <summary>Those of severity warning.</summary>
    public int Warning { get; init; }

    /// <summary>Those of severity moderate.</summary>
    public int Moderate { get; init; }

    /// <summary>Those of severity critical.</summary>
    public int Critical { get; init; }

    /// <summary>Those that could not be evaluated.</summary>
    public int Failed { get; init; }

    /// <summary>Rows counted over all models.</summary>
    public long Rows { get; init; }
}

/// <summary>One model in short.</summary>
internal sealed record ModelSummary
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>tenant/model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Whether it monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Rows counted since it was created.</summary>
    public long Rows { get; init; }

    /// <summary>When the last batch arrived.</summary>
    public DateTimeOffset? LastIngest { get; init; }

    /// <summary>The drift state after hysteresis.</summary>
    public bool DriftOpen { get; init; }

    /// <summary>The window of the latest verdict.</summary>
    public string? Window { get; init; }

    /// <summary>When it was evaluated.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>Whether a verdict could be reached.</summary>
    public VerdictStatus? VerdictStatus { get; init; }

    /// <summary>Its severity.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Whether it says drift.</summary>
    public bool DriftDetected { get; init; }

    /// <summary>PSI of the worst column.</summary>
    public double? Psi { get; init; }

    /// <summary>KL of the same column.</summary>
    public double? KlDivergence { get; init; }

    /// <summary>JS distance of the same column.</summary>
    public double? Js { get; init; }

    /// <summary>Combined score, 0 to 1.</summary>
    public double? CombinedScore { get; init; }

    /// <summary>Accuracy on the reference.</summary>
    public double? BaselineAccuracy { get; init; }

    /// <summary>Accuracy in the window.</summary>
    public double? CurrentAccuracy { get; init; }

    /// <summary>How many columns drifted.</summary>
    public int? DriftedColumns { get; init; }

    /// <summary>The drifted columns, worst first, at most five.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Why it could not be evaluated.</summary>
    public string? Error { get; init; }
}

/// <summary>Verdicts of all models of a tenant over time, newest first.</summary>
internal sealed record DriftMetricsPage(string Tenant, int Days, DateTimeOffset From, int Count, IReadOnlyList<HistoryEntry> Metrics);

/// <summary>The answer of a probe.</summary>
internal sealed record HealthReply(string Status, IReadOnlyDictionary<string, string> Checks);

/// <summary>What this is and where to go.</summary>
internal sealed record ApiIndex(string Name, string Version, IReadOnlyDictionary<string, string> Links);
