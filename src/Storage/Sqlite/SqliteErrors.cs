using Drift.Actors;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Drift.Storage.Sqlite;

/// <summary>What SQLite's result codes mean to an operator.</summary>
internal static class SqliteErrors
{
    /// <summary>The failure as <see cref="DriftError.Unavailable"/> when it is one of the file and its disk; null when it is one of ours.</summary>
    public static DriftException? Translate(Exception exception, string path)
    {
        var advice = exception switch
        {
            SqliteException e => Advice(e.SqliteErrorCode),
            IOException or UnauthorizedAccessException => "cannot be created: check that its folder exists or can be made, and who may write there",
            _ => null,
        };
        return advice is null ? null : new DriftException(DriftError.Unavailable, $"The database {path} {advice}.", exception);
    }

    private static string? Advice(int code) => code switch
    {
        raw.SQLITE_FULL => "is on a full disk: free space or shorten Drift:Retention, then send again",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is locked by another process: end it (a second host on the same --data, a backup, an open shell), then send again",
        raw.SQLITE_IOERR => "cannot be read or written: check the disk and the system's log",
        raw.SQLITE_CANTOPEN => "cannot be opened: check that its folder exists, and who may write there",
        raw.SQLITE_READONLY or raw.SQLITE_PERM => "cannot be written: check who may write the file and its folder",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "is damaged or no database: restore a backup",
        _ => null,
    };
}
