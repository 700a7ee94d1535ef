using Drift.Actors;
using Drift.Core.Gpus;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>A GPU node of the cluster, called again when a silo died under the call: a report that comes twice counts once.</summary>
internal sealed class ClusterGpu(IGpuGrain grain, CallRetry retry) : IGpuActor
{
    public Task<GpuReceipt> ReportAsync(IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken = default)
    {
        // As an array: other implementations of the interface may have no name that another silo knows.
        var sent = reports.ToArray();
        return retry.RunAsync(() => grain.ReportAsync(sent, cancellationToken), repeatable: true, cancellationToken);
    }

    public Task<GpuNode> GetAsync(CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.GetAsync(cancellationToken), repeatable: true, cancellationToken);

    public Task<IReadOnlyList<GpuSample>> GetHistoryAsync(GpuHistoryQuery query, CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.GetHistoryAsync(query, cancellationToken), repeatable: true, cancellationToken);
}
