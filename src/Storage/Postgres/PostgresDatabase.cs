using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Drift.Storage.Postgres;

/// <summary>One PostgreSQL database behind one pool. Thread-safe.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source)
{
    private const int Attempts = 3;

    /// <summary>The process's data source, with defaults where the connection string does not say.</summary>
    public static NpgsqlDataSource CreateDataSource(string connectionString, ILoggerFactory? loggers)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        var given = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        Default("Application Name", () => settings.ApplicationName = "drift");
        Default("Maximum Pool Size", () => settings.MaxPoolSize = 50);
        Default("Max Auto Prepare", () => settings.MaxAutoPrepare = 50);
        // Plans over all days of predictions look dear enough to be compiled, which takes seconds where running them takes milliseconds.
        Default("Options", () => settings.Options = "-c jit=off");
        // Nothing that is done here outlives its transaction, or is undone where it is done: three statements less with each use of a connection.
        Default("No Reset On Close", () => settings.NoResetOnClose = true);
        Default("Keepalive", () => settings.KeepAlive = 30);
        builder.UseLoggerFactory(loggers);
        return builder.Build();

        void Default(string keyword, Action set)
        {
            if (!given.ContainsKey(keyword))
                set();
        }
    }

    /// <summary>A command that takes a connection for as long as it runs.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters) => Command(connection: null, sql, parameters);

    /// <summary>A command on a connection; null: on one that it takes for as long as it runs.</summary>
    public NpgsqlCommand Command(NpgsqlConnection? connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
#pragma warning disable CA2100 // Constants come here.
        var command = connection is null ? source.CreateCommand(sql) : new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    /// <summary>Several commands in one round trip and one transaction.</summary>
    public NpgsqlBatch Batch(params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        var batch = source.CreateBatch();
        foreach (var command in commands)
            batch.BatchCommands.Add(command);

        return batch;
    }

    /// <summary>A connection, for what needs a session.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => source.OpenConnectionAsync(cancellationToken);

    /// <summary>
    /// Runs a unit of work (one transaction, wholly rolled back when it fails) and says what failed in words of the operator.
    /// One that PostgreSQL rolled back to resolve a deadlock is run again.
    /// </summary>
    /// <exception cref="Actors.DriftException"><see cref="Actors.DriftError.Unavailable"/>.</exception>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work(cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (
                attempt < Attempts && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Another transaction went on; this one has left nothing behind.
            }
            catch (NpgsqlException e) when (PostgresErrors.Translate(e) is { } translated)
            {
                throw translated;
            }
        }
    }

    /// <summary>Runs a command for what it changes.</summary>
    public Task<int> ExecuteAsync(Func<NpgsqlCommand> create, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await using var command = create();
                return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Runs a command for the first column of its first row; default when there is none.</summary>
    public Task<T?> ScalarAsync<T>(Func<NpgsqlCommand> create, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await using var command = create();
                return await command.ExecuteScalarAsync(token).ConfigureAwait(false) is T value ? value : default;
            },
            cancellationToken);

    /// <summary>Runs a command for its rows.</summary>
    public Task<List<T>> QueryAsync<T>(Func<NpgsqlCommand> create, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await using var command = create();
                await using var row = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                var rows = new List<T>();
                while (await row.ReadAsync(token).ConfigureAwait(false))
                    rows.Add(read(row));

                return rows;
            },
            cancellationToken);

    /// <summary>Runs a query for its rows, one after the other as they arrive.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(Func<NpgsqlCommand> create, Func<NpgsqlDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = create();
        await using var row = await RunAsync(token => command.ExecuteReaderAsync(token), cancellationToken).ConfigureAwait(false);
        while (await RunAsync(token => row.ReadAsync(token), cancellationToken).ConfigureAwait(false))
        {
            // What has arrived already is read without asking the token.
            cancellationToken.ThrowIfCancellationRequested();
            yield return read(row);
        }
    }

    /// <summary>Runs a batch for what it changes.</summary>
    public Task<int> ExecuteAsync(Func<NpgsqlBatch> create, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await using var batch = create();
                return await batch.ExecuteNonQueryAsync(token).ConfigureAwait(false);
            },
            cancellationToken);
}
