using System.Collections.Concurrent;
using Drift.Actors;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Drift.Storage.Sqlite;

/// <summary>
/// One SQLite file: a single writer, whose callers take turns, and as many readers as are needed at a time, which never wait for it.
/// Thread-safe. SQLite has no asynchronous calls: work runs on the calling thread, or on the thread pool after a wait for the writer.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int MaxIdleReaders = 16;

    // Pages in the log after which they go to their places: 4 MiB, as SQLite itself would have it.
    private const int CheckpointPages = 1_000;

    // Pages after which it is tried again when the log could not begin anew.
    private const int RetryPages = 100;

    private readonly string _path;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> _idleReaders = [];
    private readonly Lock _opening = new();
    private readonly SemaphoreSlim _checkpointing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();

    // It belongs to whoever is writing.
    private SqliteSession? _writer;

    // Pages in the log that are not known to be in their places.
    private int _logged;
    private volatile bool _disposed;

    static SqliteDatabase() => Batteries_V2.Init();

    /// <param name="path">The file; created with its folder at first use.</param>
    public SqliteDatabase(string path)
    {
        _path = Path.GetFullPath(path);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            // Sessions are pooled here, with their prepared statements.
            Pooling = false,
            // How long the provider itself tries again while the file is locked, in seconds.
            DefaultTimeout = 5,
        }.ConnectionString;
    }

    /// <summary>Runs one statement that writes: a transaction by itself. Durable when the task completes.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Translate(() => work(_writer ??= Open(readOnly: false)));
        }
        finally
        {
            CheckpointWhenDue();
            _writing.Release();
        }
    }

    /// <summary>Runs several statements in one transaction. Durable when the task completes; nothing has happened when it fails.</summary>
    public Task<T> TransactAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        WriteAsync(session => Transact(session, work), cancellationToken);

    /// <summary>
    /// Runs several statements in one transaction that the disk may hear of later: with the next durable one. For what may be done again after
    /// a crash, it spares those who wait for the writer a wait for the disk.
    /// </summary>
    public Task<T> TransactSoonAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        WriteAsync(
            session =>
            {
                // Not as prepared statements: this pragma acts when it is prepared.
                session.Run("pragma synchronous = normal");
                try
                {
                    return Transact(session, work);
                }
                finally
                {
                    WaitForDiskAgain(session);
                }
            },
            cancellationToken);

    /// <summary>Runs a query.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);

        try
        {
            var session = Rent();
            try
            {
                return Task.FromResult(Translate(() => work(session)));
            }
            finally
            {
                Return(session);
            }
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    /// <summary>A reader for a while; give it back with <see cref="Return"/>.</summary>
    public SqliteSession Rent() => _idleReaders.TryTake(out var session) ? session : Translate(() => Open(readOnly: true));

    public void Return(SqliteSession session)
    {
        if (_disposed || _idleReaders.Count >= MaxIdleReaders)
            session.Dispose();
        else
            _idleReaders.Add(session);
    }

    /// <summary>Runs a step of a query and says what failed in words of the operator.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Unavailable"/>.</exception>
    public T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (SqliteErrors.Translate(e, _path) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Lets a write that runs end, then closes the file, which leaves no write-ahead log behind.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;

        _writing.Wait();
        _disposed = true;
        _closing.Cancel();
        _checkpointing.Wait();
        while (_idleReaders.TryTake(out var session))
            session.Dispose();

        _writer?.Dispose();
        _writing.Dispose();
        _checkpointing.Dispose();
        _closing.Dispose();
    }

    private void CheckpointWhenDue()
    {
        if (Interlocked.Add(ref _logged, _writer?.TakePagesWritten() ?? 0) < CheckpointPages || !_checkpointing.Wait(0))
            return;
        Interlocked.Exchange(ref _logged, 0);
        _ = Task.Run(CheckpointAsync);
    }

    /// <summary>
    /// Brings pages from the log to their places, beside those who write: if the writer did it, as SQLite would have it, an append in a hundred
    /// would wait for that. Then once more in its turn, for the few that were written meanwhile: only when none is left, and nobody reads in
    /// it, the log begins anew. Where it does not, it would grow: it is tried again soon, and at once after a fault, since on a full disk it is the
    /// log that gives space back.
    /// </summary>
    private async Task CheckpointAsync()
    {
        var left = CheckpointPages;
        try
        {
            using var session = Open(readOnly: false);
            session.Checkpoint();
            await _writing.WaitAsync(_closing.Token).ConfigureAwait(false);
            try
            {
                left = session.TryRestartLog() ? 0 : CheckpointPages - RetryPages;
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception e) when (e is SqliteException or OperationCanceledException or ObjectDisposedException)
        {
            // All of it is durable in the log. Whatever keeps it there, a write will meet it too and say so.
        }
        finally
        {
            Interlocked.Add(ref _logged, left);
            _checkpointing.Release();
        }
    }

    private void WaitForDiskAgain(SqliteSession session)
    {
        try
        {
            session.Run("pragma synchronous = full");
        }
        catch (SqliteException)
        {
            // One that may acknowledge what the disk does not have must not be used again.
            _writer = null;
            session.Dispose();
            throw;
        }
    }

    private static T Transact<T>(SqliteSession session, Func<SqliteSession, T> work)
    {
        session.Statement("begin immediate").Execute();
        try
        {
            var result = work(session);
            session.Statement("commit").Execute();
            return result;
        }
        catch
        {
            RollBack(session);
            throw;
        }
    }

    private static void RollBack(SqliteSession session)
    {
        try
        {
            if (session.InTransaction)
                session.Statement("rollback").Execute();
        }
        catch (SqliteException)
        {
            // What made the transaction fail is what the caller must hear of.
        }
    }

    private SqliteSession Open(bool readOnly)
    {
        // One at a time: the first one of all turns the file to write-ahead logging, for which nobody else may have it open.
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            return new SqliteSession(_connectionString, readOnly);
        }
    }
}
