namespace Drift.Storage.Sqlite;

internal sealed class SqliteExpiry(SqliteDatabase database) : IExpiry
{
    private static readonly ExpiringTable Predictions = new("predictions", "logged_at");

    public Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long> DeletePredictionsBeforeAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        Retention.DeleteAsync(this, Predictions, before, cancellationToken);

    public Task<int> DeleteBeforeAsync(ExpiringTable table, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            delete from {table.Name} where rowid in (
                select rowid from {table.Name} where {table.Rows} and {table.TimeColumn} < $before order by {table.TimeColumn} limit $limit)
            """;
        return database.WriteAsync(session => session.Statement(sql).Bind("$before", before).Bind("$limit", limit).Execute(), cancellationToken);
    }
}
