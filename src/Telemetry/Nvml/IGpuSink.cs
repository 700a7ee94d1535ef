using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>Where a poller's reports go.</summary>
public interface IGpuSink
{
    /// <summary>What polls for it, in a word: the beginning of the poller's name in reports.</summary>
    string Kind => "host";

    /// <summary>Whether a machine without NVIDIA's library is worth a report.</summary>
    bool TakesAbsence { get; }

    /// <summary>Takes a report of this machine. An exception is logged, and the report lost: the next one comes soon.</summary>
    /// <param name="node">The machine's name.</param>
    /// <param name="report">What was seen.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task ReportAsync(string node, GpuReport report, CancellationToken cancellationToken);
}
