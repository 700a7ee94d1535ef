using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed partial class PostgresMigrator(
    PostgresDatabase database, PredictionDays days, TimeProvider time, ILogger<PostgresMigrator> logger) : IMigrator
{
    // Any number, the same in every build: whoever migrates this database holds it. "drift" in ASCII.
    private const string Lock = "select pg_advisory_lock(431231067764)";
    private const string Unlock = "select pg_advisory_unlock(431231067764)";

    private const string CreateTable = """
        create table if not exists schema_migrations (
            version integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null
        )
        """;

    private const string TableExists = "select to_regclass('schema_migrations') is not null";

    private const string Select = "select version, name, checksum from schema_migrations order by version";

    private const string Insert = "insert into schema_migrations (version, name, checksum, applied_at) values ($1, $2, $3, $4)";

    private readonly IReadOnlyList<Migration> _known = Migration.Embedded("Postgres");

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
                var applied = await AppliedAsync(connection, token).ConfigureAwait(false);
                return [.. Migration.Pending(_known, applied).Select(migration => migration.Name)];
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
                    return await MigrateAsync(connection, token).ConfigureAwait(false);
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
    private async Task<IReadOnlyList<string>> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var pending = Migration.Pending(_known, await AppliedAsync(connection, cancellationToken).ConfigureAwait(false));
        if (pending.Count == 0)
            return [];

        await ExecuteAsync(connection, CreateTable, cancellationToken).ConfigureAwait(false);
        foreach (var migration in pending)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, migration.Sql, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(
                connection,
                Insert,
                cancellationToken,
                Parameter.Integer(migration.Version), Parameter.Text(migration.Name), Parameter.Text(migration.Checksum), Parameter.Time(time.GetUtcNow()))
                .ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            LogApplied(migration.Name);
        }

        return [.. pending.Select(migration => migration.Name)];
    }

    private static async Task<List<AppliedMigration>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new List<AppliedMigration>();
        await using var exists = new NpgsqlCommand(TableExists, connection);
        if (await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            return applied;

        await using var select = new NpgsqlCommand(Select, connection);
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
