using Drift.Support;
using Drift.Support.Nvml;

namespace Drift.Silo.Tests.Support;

/// <summary>A fact over silos and the fake NVML; skipped, saying what to install, where one of them cannot run.</summary>
internal sealed class GpuSiloFactAttribute : FactAttribute
{
    public GpuSiloFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? new NvmlFactAttribute().Skip;
}
