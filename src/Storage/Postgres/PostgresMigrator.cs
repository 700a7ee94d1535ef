using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Drift.Storage.Postgres;

/// <summary>Applies one set of migrations or several, one after the other, each counted in a table of its own.</summary>
internal sealed partial class PostgresMigrator(
    PostgresDatabase database, PredictionDays days, TimeProvider time, ILogger<PostgresMigrator> logger, IEnumerable<PostgresMigrationSet> sets) : IMigrator
{
    // Any number, the same in every build: whoever migrates this database holds it. "drift" in ASCII.
    private const string Lock = "select pg_advisory_lock(431231067764)";
    private const string Unlock = "select pg_advisory_unlock(431231067764)";

    private readonly IReadOnlyList<PostgresMigrationSet> _sets = [.. sets];

    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        var applied = await ApplyAsync(cancellationToken).ConfigureAwait(false);
        await days.PrepareAsync(time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return applied;
    }

    public Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken) =>
        PostgresDatabase.RunAsync<IReadOnlyList<string>>(
            async token =>
            {
                await using var connection = await database.OpenAsync(token).ConfigureAwait(false);
                var pending = new List<string>();
                foreach (var set in _sets)
                    pending.AddRange(Migration.Pending(set.Known, await AppliedAsync(connection, set, token).ConfigureAwait(false)).Select(migration => migration.Name));
                return pending;
            },
            cancellationToken);

    private Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken) =>
        PostgresDatabase.RunAsync<IReadOnlyList<string>>(
            async token =>
            {
                await using var connection = await database.OpenAsync(token).ConfigureAwait(false);
                await ExecuteAsync(connection, Lock, token).ConfigureAwait(false);
                try
                {
                    var applied = new List<string>();
                    foreach (var set in _sets)
                        applied.AddRange(await MigrateAsync(connection, set, token).ConfigureAwait(false));
                    return applied;
                }
                finally
                {
                    // Also after a cancellation. A session that is gone has let go of the lock.
                    if (connection.State == ConnectionState.Open)
                        await ExecuteAsync(connection, Unlock, CancellationToken.None).ConfigureAwait(false);
                }
            },
            cancellationToken);

    // One transaction per file: what was applied stays applied when a later one fails.
    private async Task<IReadOnlyList<string>> MigrateAsync(NpgsqlConnection connection, PostgresMigrationSet set, CancellationToken cancellationToken)
    {
        var pending = Migration.Pending(set.Known, await AppliedAsync(connection, set, cancellationToken).ConfigureAwait(false));
        if (pending.Count == 0)
            return [];

        await ExecuteAsync(connection, set.CreateTable, cancellationToken).ConfigureAwait(false);
        foreach (var migration in pending)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, migration.Sql, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(
                connection,
                set.Insert,
                cancellationToken,
                Parameter.Integer(migration.Version), Parameter.Text(migration.Name), Parameter.Text(migration.Checksum), Parameter.Time(time.GetUtcNow()))
                .ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            LogApplied(migration.Name);
        }

        return [.. pending.Select(migration => migration.Name)];
    }

    private static async Task<List<AppliedMigration>> AppliedAsync(NpgsqlConnection connection, PostgresMigrationSet set, CancellationToken cancellationToken)
    {
        var applied = new List<AppliedMigration>();
#pragma warning disable CA2100 // The table's name is a constant.
        await using var exists = new NpgsqlCommand(set.TableExists, connection);
        if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            return applied;

        await using var select = new NpgsqlCommand(set.Select, connection);
#pragma warning restore CA2100
        await using var row = await select.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            applied.Add(new AppliedMigration(row.GetInt32(0), row.GetString(1), row.GetString(2)));

        return applied;
    }

    // Waiting for the lock, or building an index on a large table, takes as long as it takes.
    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // Only constants and embedded migrations come here.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(StorageEventId.MigrationApplied, LogLevel.Information, "Applied migration {Migration} to the database.")]
    private partial void LogApplied(string migration);
}
