using Drift.Core.Gpus;

namespace Drift.Actors;

/// <summary>The GPUs of one node. What it holds is soft: a node reports again every second.</summary>
public interface IGpuActor
{
    /// <summary>
    /// Takes reports, oldest first. One older than <see cref="GpuReport.MaxAge"/> is left out; one that was taken before changes nothing. Of several
    /// pollers that report one GPU (<see cref="GpuReport.Source"/>) the one that began last counts for as long as it reports; the others are left out.
    /// The answer says that they are taken, not that they are stored: a crash costs the samples of the last seconds.
    /// </summary>
    Task<GpuReceipt> ReportAsync(IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken = default);

    /// <summary>The node as it was last reported.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: it never reported.</exception>
    Task<GpuNode> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Samples, newest first.</summary>
    Task<IReadOnlyList<GpuSample>> GetHistoryAsync(GpuHistoryQuery query, CancellationToken cancellationToken = default);
}
