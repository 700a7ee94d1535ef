using Drift.Actors;
using Drift.Core.Gpus;

namespace Drift.Api.Tests.Support;

/// <summary>A GPU node that keeps what it is told.</summary>
internal sealed class FakeGpu(string node) : IGpuActor
{
    public string Node { get; } = node;

    public List<GpuReport> Reports { get; } = [];

    public GpuHistoryQuery? LastQuery { get; private set; }

    public Task<GpuReceipt> ReportAsync(IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken = default)
    {
        Reports.AddRange(reports);
        return Task.FromResult(new GpuReceipt(reports.Count, 0));
    }

    public Task<GpuNode> GetAsync(CancellationToken cancellationToken = default) => Reports.Count > 0
        ? Task.FromResult(new GpuNode { Node = Node, Report = Reports[^1] })
        : throw new DriftException(DriftError.NotFound, $"No GPUs of a node '{Node}' were ever reported.");

    public Task<IReadOnlyList<GpuSample>> GetHistoryAsync(GpuHistoryQuery query, CancellationToken cancellationToken = default)
    {
        LastQuery = query;
        return Task.FromResult<IReadOnlyList<GpuSample>>([.. Reports.SelectMany(r => r.Gpus.Select(g => GpuSample.Of(g, r.At)))]);
    }
}
