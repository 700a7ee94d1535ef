using Drift.Actors;
using Drift.Actors.Gpus;
using Drift.Core.Gpus;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Drift.Grains;

/// <summary>
/// Hosts the actor of a node's GPUs, on the silo that calls it first: as a rule the one that polls them, which then sends nothing over
/// the network. Its state is soft and lies in no grain storage.
/// </summary>
[GrainType(GrainKeys.GpuType)]
[Reentrant]
[PreferLocalPlacement]
public sealed class GpuGrain(GpuActorServices services) : ActorGrain<GpuActor>, IGpuGrain
{
    /// <inheritdoc/>
    public Task<GpuReceipt> ReportAsync(IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ReportAsync(reports, cancellationToken));

    /// <inheritdoc/>
    public Task<GpuNode> GetAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.GetAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<GpuSample>> GetHistoryAsync(GpuHistoryQuery query, CancellationToken cancellationToken = default) =>
        CallAsync(a => Lists.ToWireAsync(a.GetHistoryAsync(query, cancellationToken)));

    /// <inheritdoc/>
    protected override GpuActor Create() => new(GrainKeys.NodeOf(Key), services);
}
