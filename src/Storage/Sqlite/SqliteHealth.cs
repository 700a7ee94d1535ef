namespace Drift.Storage.Sqlite;

internal sealed class SqliteHealth(SqliteDatabase database) : IStorageHealth
{
    // Reads the file's first page, which a bare "select 1" would not.
    private const string Select = "select count(*) from sqlite_master";

    public Task CheckAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.Statement(Select).Integer(), cancellationToken);
}
