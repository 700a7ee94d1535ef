using Microsoft.Extensions.Logging;

namespace Drift.Storage.Sqlite;

internal sealed partial class SqliteMigrator(SqliteDatabase database, TimeProvider time, ILogger<SqliteMigrator> logger) : IMigrator
{
    private const string CreateTable = """
        create table if not exists schema_migrations (
            version integer primary key,
            name text not null,
            checksum text not null,
            applied_at integer not null
        )
        """;

    private const string TableExists = "select 1 from sqlite_master where type = 'table' and name = 'schema_migrations'";

    private const string Select = "select version, name, checksum from schema_migrations order by version";

    private const string Insert = """
        insert into schema_migrations (version, name, checksum, applied_at) values ($version, $name, $checksum, $applied_at)
        """;

    private readonly IReadOnlyList<Migration> _known = Migration.Embedded("Sqlite");

    // One transaction for all: in SQLite it also covers changes of tables, and it holds the write lock, so that a second migrator waits.
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        var pending = await database.TransactAsync(
            session =>
            {
                var missing = Migration.Pending(_known, Applied(session));
                if (missing.Count == 0)
                    return missing;

                session.Run(CreateTable);
                foreach (var migration in missing)
                {
                    session.Run(migration.Sql);
                    session.Statement(Insert)
                        .Bind("$version", migration.Version)
                        .Bind("$name", migration.Name)
                        .Bind("$checksum", migration.Checksum)
                        .Bind("$applied_at", time.GetUtcNow())
                        .Execute();
                }

                return missing;
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var migration in pending)
            LogApplied(migration.Name);

        return [.. pending.Select(migration => migration.Name)];
    }

    public Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(
            session => [.. Migration.Pending(_known, Applied(session)).Select(migration => migration.Name)], cancellationToken);

    private static List<AppliedMigration> Applied(SqliteSession session)
    {
        var applied = new List<AppliedMigration>();
        if (session.Statement(TableExists).Integer() is null)
            return applied;

        using var row = session.Statement(Select).Query();
        while (row.Read())
            applied.Add(new AppliedMigration(row.GetInt32(0), row.GetString(1), row.GetString(2)));

        return applied;
    }

    [LoggerMessage(StorageEventId.MigrationApplied, LogLevel.Information, "Applied migration {Migration} to the database.")]
    private partial void LogApplied(string migration);
}
