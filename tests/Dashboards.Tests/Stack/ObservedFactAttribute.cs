using Drift.Support;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>A fact on <see cref="Observed"/>; skipped, saying what to install, where a server is missing.</summary>
public sealed class ObservedFactAttribute : FactAttribute
{
    public ObservedFactAttribute() => Skip = PostgresServer.IsAvailable ? new PrometheusFactAttribute().Skip : new PostgresFactAttribute().Skip;
}
