using Drift.Support;
using Drift.Support.Nvml;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>A fact on <see cref="Observed"/>; skipped, saying what to install, where a server or the compiler is missing.</summary>
public sealed class ObservedFactAttribute : FactAttribute
{
    public ObservedFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? new PrometheusFactAttribute().Skip ?? new NvmlFactAttribute().Skip;
}
