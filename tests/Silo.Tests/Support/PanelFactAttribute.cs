using Drift.Support;

namespace Drift.Silo.Tests.Support;

/// <summary>A fact over silos and Prometheus; skipped, saying what to install, where one of them cannot run.</summary>
internal sealed class PanelFactAttribute : FactAttribute
{
    public PanelFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? new PrometheusFactAttribute().Skip;
}
