using Xunit;

namespace Drift.Support;

/// <summary>A fact that needs PostgreSQL; skipped, saying what to install, where there is none.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.IsAvailable ? null : PostgresServer.Missing;
}
