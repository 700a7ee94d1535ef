using Drift.Support;

namespace Drift.Silo.Tests.Support;

/// <summary>A fact over silos that a Prometheus scrapes; skipped, saying what to install, where one of them cannot run.</summary>
internal sealed class PrometheusSiloFactAttribute : FactAttribute
{
    public PrometheusSiloFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? new PrometheusFactAttribute().Skip;
}
