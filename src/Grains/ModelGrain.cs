using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Model;
using Drift.Core.Detection;
using Drift.Core.Quality;
using Drift.Core.Settings;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Drift.Grains;

/// <summary>
/// Hosts a model's actor. New activations go to the silo with the fewest of a few looked at, so models spread evenly and fill a silo that
/// has just joined; the work per row is done on the node that received it and does not follow the model.
/// </summary>
[GrainType(GrainKeys.ModelType)]
[Reentrant]
[ActivationCountBasedPlacement]
public sealed class ModelGrain(ModelActorServices services) : ActorGrain<ModelActor>, IModelGrain
{
    /// <inheritdoc/>
    public Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.GetPlanAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default) => CallAsync(a => a.IngestAsync(batch, cancellationToken));

    /// <inheritdoc/>
    public Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default) => CallAsync(a => a.LabelAsync(batch, cancellationToken));

    /// <inheritdoc/>
    public Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.DescribeAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ConfigureAsync(settings, cancellationToken));

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.DeleteAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.SetReferenceAsync(rows, cancellationToken));

    /// <inheritdoc/>
    public Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.PinReferenceAsync(from, to, cancellationToken));

    /// <inheritdoc/>
    public Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.GetReferenceAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.CopyReferenceAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetVerdictAsync(window, now, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.GetHistoryAsync(query, cancellationToken)));

    /// <inheritdoc/>
    public Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetFeatureAsync(name, window, cancellationToken));

    /// <inheritdoc/>
    public Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetPerformanceAsync(window, cancellationToken));

    /// <inheritdoc/>
    public Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetQualityAsync(window, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.GetSegmentsAsync(window, cancellationToken)));

    /// <inheritdoc/>
    public Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.GetChangesAsync(after, wait, cancellationToken)));

    /// <inheritdoc/>
    public Task<AdapterOutcomes> GetAdapterOutcomesAsync(IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetAdapterOutcomesAsync(versions, since, cancellationToken));

    /// <inheritdoc/>
    protected override ModelActor Create() => new(GrainKeys.ModelOf(Key), services);
}
