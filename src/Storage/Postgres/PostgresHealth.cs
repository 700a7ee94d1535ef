namespace Drift.Storage.Postgres;

internal sealed class PostgresHealth(PostgresDatabase database) : IStorageHealth
{
    private const string Select = "select 1";

    public Task CheckAsync(CancellationToken cancellationToken) => database.ScalarAsync<int>(() => database.Command(Select), cancellationToken);
}
