using Drift.Actors.Adapters;
using Drift.Core.Detection;
using Drift.Core.Quality;
using Drift.Core.Settings;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the model's actor.</summary>
internal sealed class LocalModel(LocalEngine engine, ModelId id) : IModelActor
{
    public Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default) => engine.CallModelAsync(id, a => a.GetPlanAsync(cancellationToken));

    public Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default) => engine.CallModelAsync(id, a => a.IngestAsync(batch, cancellationToken));

    public Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default) => engine.CallModelAsync(id, a => a.LabelAsync(batch, cancellationToken));

    public Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default) => engine.CallModelAsync(id, a => a.DescribeAsync(cancellationToken));

    public Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.ConfigureAsync(settings, cancellationToken));

    public Task DeleteAsync(CancellationToken cancellationToken = default) => engine.CallModelAsync(id, async a =>
    {
        await a.DeleteAsync(cancellationToken);
        return true;
    });

    public Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.SetReferenceAsync(rows, cancellationToken));

    public Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.PinReferenceAsync(from, to, cancellationToken));

    public Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default) => engine.CallModelAsync(id, a => a.GetReferenceAsync(cancellationToken));

    public Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default) => engine.CallModelAsync(id, a => a.CopyReferenceAsync(cancellationToken));

    public Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetVerdictAsync(window, now, cancellationToken));

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetHistoryAsync(query, cancellationToken));

    public Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetFeatureAsync(name, window, cancellationToken));

    public Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetPerformanceAsync(window, cancellationToken));

    public Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetQualityAsync(window, cancellationToken));

    public Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetSegmentsAsync(window, cancellationToken));

    public Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetChangesAsync(after, wait, cancellationToken));

    public Task<AdapterOutcomes> GetAdapterOutcomesAsync(IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancellationToken = default) =>
        engine.CallModelAsync(id, a => a.GetAdapterOutcomesAsync(versions, since, cancellationToken));
}
