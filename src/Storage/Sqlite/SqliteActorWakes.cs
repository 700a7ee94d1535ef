using Drift.Actors.Ports;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteActorWakes(SqliteDatabase database) : IActorWakes
{
    private const string ListDue = "select actor_key from actor_wakes where due_at <= $now order by due_at, actor_key limit $limit";

    private const string PostponeOne = "update actor_wakes set due_at = $until where actor_key = $actor_key and due_at < $until";

    private const string Upsert = """
        insert into actor_wakes (actor_key, due_at) values ($actor_key, $due_at) on conflict (actor_key) do update set due_at = excluded.due_at
        """;

    private const string Delete = "delete from actor_wakes where actor_key = $actor_key";

    /// <summary>Sets when an actor is to be woken, within a transaction of the caller.</summary>
    public static void Write(SqliteSession session, string actorKey, WakeChange wake)
    {
        if (wake.At is { } at)
            session.Statement(Upsert).Bind("$actor_key", actorKey).Bind("$due_at", at).Execute();
        else
            session.Statement(Delete).Bind("$actor_key", actorKey).Execute();
    }

    public Task<IReadOnlyList<string>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var row = session.Statement(ListDue).Bind("$now", now).Bind("$limit", limit).Query();
                var keys = new List<string>();
                while (row.Read())
                    keys.Add(row.GetString(0));

                return keys;
            },
            cancellationToken);

    public Task PostponeAsync(string actorKey, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Statement(PostponeOne).Bind("$actor_key", actorKey).Bind("$until", until).Execute(), cancellationToken);
}
