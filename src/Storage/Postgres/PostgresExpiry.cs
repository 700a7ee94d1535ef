namespace Drift.Storage.Postgres;

internal sealed class PostgresExpiry(PostgresDatabase database, PredictionDays days) : IExpiry
{
    public Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken) => days.PrepareAsync(now, cancellationToken);

    public Task<long> DeletePredictionsBeforeAsync(DateTimeOffset before, CancellationToken cancellationToken) => days.DropBeforeAsync(before, cancellationToken);

    public Task<int> DeleteBeforeAsync(ExpiringTable table, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            delete from {table.Name} where ctid = any(array(
                select ctid from {table.Name} where {table.Rows} and {table.TimeColumn} < $1 order by {table.TimeColumn} limit $2))
            """;
        return database.ExecuteAsync(() => database.Command(sql, Parameter.Time(before), Parameter.Integer(limit)), cancellationToken);
    }
}
