using Drift.Core.Gpus;

namespace Drift.Actors.Ports;

/// <summary>Keeps what GPUs were seen, and their samples by resolution.</summary>
public interface IGpuStore
{
    /// <summary>
    /// In one transaction: keeps the node's last report, unless a later one is kept; adds raw samples, those that are there already stay as
    /// they are; and brings the minutes and hours that the samples lie in up to date. May be repeated.
    /// </summary>
    Task WriteAsync(string node, GpuReport latest, IReadOnlyList<GpuSample> samples, CancellationToken cancellationToken);

    /// <summary>The node's last report; null when it never reported.</summary>
    Task<GpuReport?> FindAsync(string node, CancellationToken cancellationToken);

    /// <summary>The names of the nodes in order.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Samples, newest first, those of one time by GPU.</summary>
    Task<IReadOnlyList<GpuSample>> ReadAsync(string node, GpuHistoryQuery query, CancellationToken cancellationToken);
}
