namespace Drift.Storage.Postgres;

/// <summary>Numbered migrations and the table that says which of them were applied.</summary>
internal sealed class PostgresMigrationSet
{
    private readonly string _table;

    private PostgresMigrationSet(string folder, string table)
    {
        _table = table;
        Known = Migration.Embedded("Postgres", folder);
    }

    /// <summary>What every host needs.</summary>
    public static PostgresMigrationSet Drift { get; } = new("Migrations", "schema_migrations");

    /// <summary>What a cluster needs besides. Counted apart, so that a single process may still be run on the database of a cluster.</summary>
    public static PostgresMigrationSet Cluster { get; } = new("ClusterMigrations", "cluster_migrations");

    /// <summary>The migrations of this build, by number.</summary>
    public IReadOnlyList<Migration> Known { get; }

    public string CreateTable => $"""
        create table if not exists {_table} (
            version integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null
        )
        """;

    public string TableExists => $"select to_regclass('{_table}') is not null";

    public string Select => $"select version, name, checksum from {_table} order by version";

    public string Insert => $"insert into {_table} (version, name, checksum, applied_at) values ($1, $2, $3, $4)";
}
