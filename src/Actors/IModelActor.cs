using Drift.Core.Detection;
using Drift.Core.Quality;
using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>
/// One monitored model. Methods throw <see cref="DriftException"/> when a request cannot be served; nothing has changed then.
/// Arguments and results are plain records and bytes, so a call may cross processes.
/// </summary>
public partial interface IModelActor
{
    /// <summary>What a node needs to bin rows: the plan, or null bytes while the model learns.</summary>
    Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes a batch; answers when it is durable. A batch id seen before is answered as duplicate and counted no second time.</summary>
    Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Takes labels by prediction id; answers when they are durable. The first label of an id counts.</summary>
    Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default);

    /// <summary>The model's settings and state.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: no such model.</exception>
    Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates the model or replaces its settings.</summary>
    Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Deletes the model and all that is stored of it.</summary>
    Task DeleteAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes uploaded rows (an encoded row batch) the reference: a new plan, and windows start afresh.</summary>
    Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default);

    /// <summary>Makes a period of the model's own past the reference.</summary>
    Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default);

    /// <summary>What the reference is.</summary>
    Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default);

    /// <summary>The reference itself, for a model that uses it as its own; null while there is none.</summary>
    Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default);

    /// <summary>The latest verdict of a window (null: the model's first); evaluated afresh when something changed since, or when <paramref name="now"/>.</summary>
    Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default);

    /// <summary>Verdicts over time, newest first.</summary>
    Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default);

    /// <summary>One column's reference and current histograms side by side.</summary>
    Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default);

    /// <summary>What labels say, reference and current side by side.</summary>
    Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default);

    /// <summary>Data quality per column in a window.</summary>
    Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default);

    /// <summary>A verdict per segment in a window, worst first.</summary>
    Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// The verdict changes after number <paramref name="after"/>; waits up to <paramref name="wait"/> for one. A caller that comes
    /// back with the last number it saw misses none of the latest 256.
    /// </summary>
    Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default);
}
