using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Drift.Storage.Sqlite;

/// <summary>One open connection with its prepared statements. Not thread-safe: one user at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    public SqliteSession(string connectionString, bool readOnly)
    {
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            // WAL with synchronous=FULL: a commit returns when it is on the disk, and readers never wait for the writer.
            Run("""
                pragma busy_timeout = 5000;
                pragma journal_mode = wal;
                pragma synchronous = full;
                pragma foreign_keys = off;
                pragma journal_size_limit = 8388608;
                """);
            if (readOnly)
                Run("pragma query_only = on");
            else
                // KiB, taken as needed: a batch of random ids touches as many pages, and what does not fit is written twice. A commit checkpoints only
                // when nobody has for long.
                Run("""
                    pragma cache_size = -32768;
                    pragma wal_autocheckpoint = 16000;
                    """);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether a transaction is open. SQLite ends one by itself when a disk is full, for example.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>How many pages it wrote to the log since it was asked last.</summary>
    public int TakePagesWritten()
    {
        const int CacheWrite = 9;
        return raw.sqlite3_db_status(_connection.Handle, CacheWrite, out var pages, out _, resetFlg: 1) == raw.SQLITE_OK ? pages : 0;
    }

    /// <summary>Brings pages from the log to their places as far as nobody needs them where they are; waits for nobody.</summary>
    public void Checkpoint() => Run("pragma wal_checkpoint(passive)");

    /// <summary>Brings what is left of the log to its places, so that the next write begins it anew; false while somebody still reads in it. Waits for nobody.</summary>
    public bool TryRestartLog()
    {
        Run("pragma busy_timeout = 0");
        using var command = _connection.CreateCommand();
        command.CommandText = "pragma wal_checkpoint(restart)";
        // Its first column says whether somebody was in the way.
        return command.ExecuteScalar() is 0L;
    }

    /// <summary>The prepared form of a statement, kept with the connection: for constant SQL only.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Only constants come here.
            command.CommandText = sql;
#pragma warning restore CA2100
            _statements.Add(sql, statement = new SqliteStatement(command));
        }

        return statement;
    }

    /// <summary>Executes statements that are needed once.</summary>
    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Only constants and embedded migrations come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _connection.Dispose();
    }
}
