using Drift.Core.Detection;
using Drift.Core.Quality;
using Drift.Core.Settings;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the model's actor.</summary>
internal sealed class LocalModel(LocalEngine engine, ModelId id) : IModelActor
{
    private ActorCell<Model.ModelActor> Cell => engine.ModelCell(id);

    public Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.GetPlanAsync(cancellationToken));

    public Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.IngestAsync(batch, cancellationToken));

    public Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.LabelAsync(batch, cancellationToken));

    public Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.DescribeAsync(cancellationToken));

    public Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.ConfigureAsync(settings, cancellationToken));

    public Task DeleteAsync(CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.DeleteAsync(cancellationToken));

    public Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.SetReferenceAsync(rows, cancellationToken));

    public Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.PinReferenceAsync(from, to, cancellationToken));

    public Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.GetReferenceAsync(cancellationToken));

    public Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default) => Cell.CallAsync(a => a.CopyReferenceAsync(cancellationToken));

    public Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetVerdictAsync(window, now, cancellationToken));

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetHistoryAsync(query, cancellationToken));

    public Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetFeatureAsync(name, window, cancellationToken));

    public Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetPerformanceAsync(window, cancellationToken));

    public Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetQualityAsync(window, cancellationToken));

    public Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetSegmentsAsync(window, cancellationToken));

    public Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Cell.CallAsync(a => a.GetChangesAsync(after, wait, cancellationToken));
}
