using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteActorStateStore(SqliteDatabase database, TimeProvider time) : IActorStateStore
{
    private const string Select = """
        select version, journal_seq, payload from actor_state where actor_key = $actor_key
        """;

    private const string SelectPrevious = """
        select previous_version, previous_journal_seq, previous_payload from actor_state
        where actor_key = $actor_key and previous_payload is not null
        """;

    private const string Insert = """
        insert into actor_state (actor_key, version, journal_seq, payload, saved_at, previous_version, previous_journal_seq, previous_payload)
        values ($actor_key, 1, $journal_seq, $payload, $saved_at, iif($both, 1, null), iif($both, $journal_seq, null), iif($both, $payload, null))
        on conflict (actor_key) do nothing
        returning version
        """;

    private const string Update = """
        update actor_state set version = version + 1, journal_seq = $journal_seq, payload = $payload, saved_at = $saved_at,
            previous_version = iif($both, version + 1, version),
            previous_journal_seq = iif($both, $journal_seq, journal_seq),
            previous_payload = iif($both, $payload, payload)
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

    private const string ResolveAlerts = """
        update alerts set resolved_at = $at, updated_at = $at, resolution = 'the model was deleted', sequence = sequence + 1
        where tenant = $tenant and model = $model and resolved_at is null
        """;

    private const string DeleteMlMetrics = "delete from ml_metrics where model_name = $model_name";

    public Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken) => LoadAsync(Select, actorKey, cancellationToken);

    public Task<ActorSnapshot?> LoadPreviousAsync(string actorKey, CancellationToken cancellationToken) =>
        LoadAsync(SelectPrevious, actorKey, cancellationToken);

    // On another thread: the caller goes on while the disk writes.
    public Task<long?> SaveAsync(
        string actorKey,
        long expectedVersion,
        long journalSequence,
        ReadOnlyMemory<byte> payload,
        SnapshotCopies copies,
        SnapshotEffects effects,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        return Task.Run(
            () => effects.IsEmpty
                ? database.WriteAsync(Save, cancellationToken)
                : database.TransactAsync(
                    session =>
                    {
                        var version = Save(session);
                        if (version is not null)
                            Write(session, actorKey, effects);

                        return version;
                    },
                    cancellationToken),
            cancellationToken);

        long? Save(SqliteSession session)
        {
            var statement = expectedVersion == 0 ? session.Statement(Insert) : session.Statement(Update).Bind("$expected", expectedVersion);
            return statement
                .Bind("$actor_key", actorKey)
                .Bind("$journal_seq", journalSequence)
                .Bind("$payload", payload)
                .Bind("$saved_at", time.GetUtcNow())
                .Bind("$both", copies == SnapshotCopies.Both)
                .Integer();
        }
    }

    public Task DeleteModelAsync(ModelId model, SnapshotEffects effects, CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                var deleted = session.Statement(DeleteMlMetrics).Bind("$model_name", model.ToString()).Execute();
                foreach (var sql in DeleteByActor)
                    deleted += session.Statement(sql).Bind("$actor_key", ActorKey.Model(model)).Execute();

                foreach (var sql in DeleteByModel)
                    deleted += session.Statement(sql).Bind("$tenant", model.Tenant).Bind("$model", model.Name).Execute();

                Write(session, ActorKey.Model(model), effects);
                // Those of a model whose state cannot be read; nobody is told.
                session.Statement(ResolveAlerts).Bind("$tenant", model.Tenant).Bind("$model", model.Name).Bind("$at", time.GetUtcNow()).Execute();
                return deleted;
            },
            cancellationToken);

    private Task<ActorSnapshot?> LoadAsync(string sql, string actorKey, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var row = session.Statement(sql).Bind("$actor_key", actorKey).Query();
                return row.Read() ? new ActorSnapshot(row.GetInt64(0), row.GetInt64(1), row.Bytes(2)) : null;
            },
            cancellationToken);

    private static void Write(SqliteSession session, string actorKey, SnapshotEffects effects)
    {
        foreach (var alert in effects.Alerts)
            SqliteAlertStore.Write(session, alert);

        foreach (var entry in effects.Outbox)
            SqliteOutbox.Add(session, entry);

        foreach (var trigger in effects.Triggers)
            SqliteTriggerStore.Write(session, trigger);

        if (effects.Run is { } run)
            SqliteTrainingStore.Write(session, run, effects.Points);

        if (effects.Wake is { } wake)
            SqliteActorWakes.Write(session, actorKey, wake);
    }
}
