using Drift.Core.Gpus;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the node's actor.</summary>
internal sealed class LocalGpu(LocalEngine engine, string node) : IGpuActor
{
    public Task<GpuReceipt> ReportAsync(IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken = default) =>
        engine.CallGpuAsync(node, a => a.ReportAsync(reports, cancellationToken));

    public Task<GpuNode> GetAsync(CancellationToken cancellationToken = default) => engine.CallGpuAsync(node, a => a.GetAsync(cancellationToken));

    public Task<IReadOnlyList<GpuSample>> GetHistoryAsync(GpuHistoryQuery query, CancellationToken cancellationToken = default) =>
        engine.CallGpuAsync(node, a => a.GetHistoryAsync(query, cancellationToken));
}
