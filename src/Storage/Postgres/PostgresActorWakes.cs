using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresActorWakes(PostgresDatabase database) : IActorWakes
{
    private const string ListDue = "select actor_key from actor_wakes where due_at <= $1 order by due_at, actor_key limit $2";

    private const string PostponeOne = "update actor_wakes set due_at = $2 where actor_key = $1 and due_at < $2";

    private const string Upsert = """
        insert into actor_wakes (actor_key, due_at) values ($1, $2) on conflict (actor_key) do update set due_at = excluded.due_at
        """;

    private const string Delete = "delete from actor_wakes where actor_key = $1";

    /// <summary>Sets when an actor is to be woken, within a transaction of the caller.</summary>
    public static NpgsqlBatchCommand Write(string actorKey, WakeChange wake) => wake.At is { } at
        ? new(Upsert) { Parameters = { Parameter.Text(actorKey), Parameter.Time(at) } }
        : new(Delete) { Parameters = { Parameter.Text(actorKey) } };

    public async Task<IReadOnlyList<string>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(ListDue, Parameter.Time(now), Parameter.Integer(limit)), row => row.GetString(0), cancellationToken).ConfigureAwait(false);

    public Task PostponeAsync(string actorKey, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.ExecuteAsync(() => database.Command(PostponeOne, Parameter.Text(actorKey), Parameter.Time(until)), cancellationToken);
}
