using Drift.Core.Detection;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>What a node needs to read and bin a model's rows.</summary>
/// <param name="Version">The plan's version; 0 while the model learns.</param>
/// <param name="Plan">The encoded plan; null while the model learns, then rows are sent raw.</param>
/// <param name="Validation">What a cell that breaks the schema does.</param>
/// <param name="Exists">False for a model that nobody has configured or sent rows to.</param>
public sealed record PlanLease(int Version, byte[]? Plan, ValidationMode Validation, bool Exists);

/// <summary>One batch of predictions on its way to the model's actor: binned (a delta) or, while the model learns, raw.</summary>
public sealed record IngestBatch
{
    /// <summary>The caller's id of the batch, at most 200 characters; null when it gave none, then a repetition counts again.</summary>
    public string? BatchId { get; init; }

    /// <summary>Rows in the batch.</summary>
    public int Rows { get; init; }

    /// <summary>The delta of a binned batch, else null.</summary>
    public byte[]? Delta { get; init; }

    /// <summary>The encoded row batch of a raw one, else null.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>The rows that carry an id, for the prediction log and the label join.</summary>
    public IReadOnlyList<PredictionRecord> Predictions { get; init; } = [];
}

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

/// <summary>How a batch was taken.</summary>
public enum IngestOutcome
{
    /// <summary>Durable and counted.</summary>
    Accepted,

    /// <summary>Its batch id was counted before.</summary>
    Duplicate,

    /// <summary>It was binned under another plan than the model's: fetch the plan, bin again, send again. Nothing has changed.</summary>
    PlanChanged,
}

/// <summary>The answer to a batch.</summary>
/// <param name="Outcome">How it was taken.</param>
/// <param name="Plan">The plan's version now; 0 while the model learns.</param>
/// <param name="Learned">Rows learned so far while the model learns.</param>
/// <param name="LearnsUntil">Rows the reference needs.</param>
public sealed record IngestResult(IngestOutcome Outcome, int Plan, long Learned, long LearnsUntil);

/// <summary>Labels by prediction id.</summary>
public sealed record LabelBatch
{
    /// <summary>The caller's id of the batch; null when it gave none.</summary>
    public string? BatchId { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyList<LabelRecord> Labels { get; init; } = [];
}

/// <summary>One label.</summary>
/// <param name="Id">The prediction's id, at most 200 characters.</param>
/// <param name="Label">The true class or number, as a category name.</param>
/// <param name="Time">When it became known; null: on arrival.</param>
public sealed record LabelRecord(string Id, string Label, DateTimeOffset? Time);

/// <summary>The answer to labels.</summary>
public sealed record LabelResult
{
    /// <summary>Whether the whole batch was seen before.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Labels that met their prediction and count.</summary>
    public int Matched { get; init; }

    /// <summary>Labels whose prediction is not known (yet): kept, they count when it arrives.</summary>
    public int Waiting { get; init; }

    /// <summary>Labels of ids that had one already with the same value; nothing changes.</summary>
    public int Repeated { get; init; }

    /// <summary>Ids that had a label of another value already; the first one stays.</summary>
    public IReadOnlyList<string> Conflicting { get; init; } = [];
}

/// <summary>Whether a model monitors.</summary>
public enum ModelState
{
    /// <summary>It collects rows for its reference, or waits for one.</summary>
    Learning,

    /// <summary>It compares.</summary>
    Monitoring,
}

/// <summary>A model's settings and state.</summary>
public sealed record ModelDescription
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether it monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Version of its plan, 0 while learning.</summary>
    public int Plan { get; init; }

    /// <summary>Rows counted since it was created, reference rows of <c>first</c> included.</summary>
    public long Rows { get; init; }

    /// <summary>Rows learned so far, while learning.</summary>
    public long? Learned { get; init; }

    /// <summary>Rows that the reference needs, while learning from first rows.</summary>
    public long? LearnsUntil { get; init; }

    /// <summary>When the last batch arrived.</summary>
    public DateTimeOffset? LastIngest { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its settings.</summary>
    public ModelSettings Settings { get; init; } = new();

    /// <summary>The task in force, declared or inferred.</summary>
    public ModelTask? Task { get; init; }

    /// <summary>The columns of the plan.</summary>
    public IReadOnlyList<ColumnDescription> Columns { get; init; } = [];
}

/// <summary>A column of a plan.</summary>
/// <param name="Name">Its name in verdicts.</param>
/// <param name="Role">What it is to the model.</param>
/// <param name="Type">Its type.</param>
public sealed record ColumnDescription(string Name, ColumnRole Role, ColumnType Type);

/// <summary>What a model's reference is.</summary>
public sealed record ReferenceDescription
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public ReferenceMode Mode { get; init; }

    /// <summary>Whether it is complete.</summary>
    public ModelState Status { get; init; }

    /// <summary>Version of the plan that it fixed.</summary>
    public int Plan { get; init; }

    /// <summary>Its rows.</summary>
    public long Rows { get; init; }

    /// <summary>Start of a pinned or rolling period.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of a pinned or rolling period.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>When it was fixed.</summary>
    public DateTimeOffset? FixedAt { get; init; }

    /// <summary>Things about it that weaken verdicts: few rows, constant or empty columns.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A reference on its way to another model.</summary>
/// <param name="Plan">The encoded plan.</param>
/// <param name="Profile">The encoded reference profiles by segment.</param>
public sealed record ReferenceCopy(byte[] Plan, byte[] Profile);

/// <summary>What to read from history.</summary>
/// <param name="From">Not older than this.</param>
/// <param name="Window">Only this window; null for all.</param>
/// <param name="Feature">Only this column's figures; null for the model's.</param>
/// <param name="Limit">At most so many entries, 1 to 10 000.</param>
public sealed record HistoryQuery(DateTimeOffset From, string? Window, string? Feature, int Limit);

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

/// <summary>Summary numbers of a numeric column on one side.</summary>
/// <param name="Count">Finite values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Their standard deviation, divisor n.</param>
/// <param name="Minimum">Their minimum.</param>
/// <param name="Maximum">Their maximum.</param>
public sealed record NumericSummary(long Count, double Mean, double StandardDeviation, double Minimum, double Maximum);

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

/// <summary>Performance on the reference and in a window.</summary>
public sealed record PerformanceComparison
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The window.</summary>
    public string Window { get; init; } = "";

    /// <summary>The task.</summary>
    public ModelTask Task { get; init; }

    /// <summary>On the reference; null while learning.</summary>
    public PerformanceReport? Reference { get; init; }

    /// <summary>In the window; null while learning.</summary>
    public PerformanceReport? Current { get; init; }
}

/// <summary>A model in a list.</summary>
public sealed record ModelStatus
{
    /// <summary>The model's name within its tenant.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Rows counted since it was created.</summary>
    public long Rows { get; init; }

    /// <summary>When the last batch arrived.</summary>
    public DateTimeOffset? LastIngest { get; init; }

    /// <summary>When this state was reported; older reports are ignored.</summary>
    public DateTimeOffset ReportedAt { get; init; }

    /// <summary>The drift state after hysteresis: open or not.</summary>
    public bool DriftOpen { get; init; }

    /// <summary>The latest verdict of the model's first window, its columns cut to the worst five.</summary>
    public Verdict? Verdict { get; init; }
}

/// <summary>A change that followed from a verdict.</summary>
public sealed record VerdictChange
{
    /// <summary>Ascending number within the model.</summary>
    public long Number { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary><c>severity</c>, <c>drift_opened</c>, <c>drift_closed</c> or <c>reference</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The window; null for <c>reference</c>.</summary>
    public string? Window { get; init; }

    /// <summary>The severity now.</summary>
    public Severity Severity { get; init; }

    /// <summary>The severity before.</summary>
    public Severity Previous { get; init; }

    /// <summary>The drifted columns, worst first, at most ten.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
}
