using Drift.Actors;
using Npgsql;

namespace Drift.Storage.Postgres;

/// <summary>What PostgreSQL's error codes mean to an operator.</summary>
internal static class PostgresErrors
{
    /// <summary>The failure as <see cref="DriftError.Unavailable"/> when it is one of the server or the way to it; null when it is one of ours.</summary>
    public static DriftException? Translate(NpgsqlException exception)
    {
        var advice = exception is PostgresException e
            ? Advice(e.SqlState) ?? (e.IsTransient ? "is busy: send again" : null)
            : "cannot be reached: check that the server runs, the network, and ConnectionStrings:Drift; the cause is in the log";
        return advice is null ? null : new DriftException(DriftError.Unavailable, $"The PostgreSQL database {advice}.", exception);
    }

    private static string? Advice(string state) => state switch
    {
        PostgresErrorCodes.DiskFull => "is on a full disk: free space or shorten Drift:Retention, then send again",
        PostgresErrorCodes.TooManyConnections =>
            "has no connection left: raise max_connections, or lower Maximum Pool Size in ConnectionStrings:Drift (hosts × pool must stay below it)",
        PostgresErrorCodes.OutOfMemory => "is out of memory: see the server's log",
        PostgresErrorCodes.IoError => "cannot read or write its disk: see the server's log",
        PostgresErrorCodes.ReadOnlySqlTransaction => "is a read-only replica: point ConnectionStrings:Drift to the primary",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => "is not migrated: run the host's `migrate` verb against it",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "refuses the user or the password: check ConnectionStrings:Drift",
        PostgresErrorCodes.InvalidCatalogName => "does not exist on the server: create it, or check ConnectionStrings:Drift",
        PostgresErrorCodes.QueryCanceled => "took longer than its statement_timeout, or the statement was cancelled by an administrator: send again",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            "is starting, stopping or recovering: send again",
        _ => null,
    };
}
