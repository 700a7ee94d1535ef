using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteActorStateStore(SqliteDatabase database, TimeProvider time) : IActorStateStore
{
    private const string Select = """
        select version, journal_seq, payload from actor_state where actor_key = $actor_key
        """;

    private const string Insert = """
        insert into actor_state (actor_key, version, journal_seq, payload, saved_at)
        values ($actor_key, 1, $journal_seq, $payload, $saved_at)
        on conflict (actor_key) do nothing
        returning version
        """;

    private const string Update = """
        update actor_state set version = version + 1, journal_seq = $journal_seq, payload = $payload, saved_at = $saved_at
        where actor_key = $actor_key and version = $expected
        returning version
        """;

    private static readonly string[] DeleteByActor =
    [
        "delete from actor_state where actor_key = $actor_key",
        "delete from drift_journal where actor_key = $actor_key",
        "delete from drift_batches where actor_key = $actor_key",
    ];

    private static readonly string[] DeleteByModel =
    [
        "delete from predictions where tenant = $tenant and model = $model",
        "delete from labels where tenant = $tenant and model = $model",
        "delete from drift_metrics where tenant = $tenant and model = $model",
        "delete from feature_drift where tenant = $tenant and model = $model",
    ];

    private const string DeleteMlMetrics = "delete from ml_metrics where model_name = $model_name";

    public Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var row = session.Statement(Select).Bind("$actor_key", actorKey).Query();
                return row.Read() ? new ActorSnapshot(row.GetInt64(0), row.GetInt64(1), row.Bytes(2)) : null;
            },
            cancellationToken);

    public Task<long?> SaveAsync(
        string actorKey, long expectedVersion, long journalSequence, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        return database.WriteAsync(
            session =>
            {
                var statement = expectedVersion == 0 ? session.Statement(Insert) : session.Statement(Update).Bind("$expected", expectedVersion);
                return statement
                    .Bind("$actor_key", actorKey)
                    .Bind("$journal_seq", journalSequence)
                    .Bind("$payload", payload)
                    .Bind("$saved_at", time.GetUtcNow())
                    .Integer();
            },
            cancellationToken);
    }

    public Task DeleteModelAsync(ModelId model, CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                var deleted = session.Statement(DeleteMlMetrics).Bind("$model_name", model.ToString()).Execute();
                foreach (var sql in DeleteByActor)
                    deleted += session.Statement(sql).Bind("$actor_key", ActorKey.Model(model)).Execute();

                foreach (var sql in DeleteByModel)
                    deleted += session.Statement(sql).Bind("$tenant", model.Tenant).Bind("$model", model.Name).Execute();

                return deleted;
            },
            cancellationToken);
}
