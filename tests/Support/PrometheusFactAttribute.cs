using Xunit;

namespace Drift.Support;

/// <summary>A fact that needs Prometheus and promtool; skipped, saying what to install, where they are missing.</summary>
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = PrometheusServer.IsAvailable ? null : PrometheusServer.Missing;
}
