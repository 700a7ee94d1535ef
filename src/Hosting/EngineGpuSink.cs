using Drift.Actors;
using Drift.Core.Gpus;
using Drift.Telemetry.Nvml;

namespace Drift.Hosting;

/// <summary>Hands the reports of this machine's poller to the node's actor.</summary>
internal sealed class EngineGpuSink(IDriftEngine engine) : IGpuSink
{
    // A host runs on many machines without a GPU; that is nothing to tell of each.
    public bool TakesAbsence => false;

    public Task ReportAsync(string node, GpuReport report, CancellationToken cancellationToken) => engine.Gpu(node).ReportAsync([report], cancellationToken);
}
