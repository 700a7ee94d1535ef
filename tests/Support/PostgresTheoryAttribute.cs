using Xunit;

namespace Drift.Support;

/// <summary>A theory that needs PostgreSQL; skipped, saying what to install, where there is none.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.IsAvailable ? null : PostgresServer.Missing;
}
