using Drift.Actors;
using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresActorStateStore(PostgresDatabase database, TimeProvider time) : IActorStateStore
{
    private const string Select = """
        select version, journal_seq, payload from actor_state where actor_key = $1
        """;

    private const string SelectPrevious = """
        select previous_version, previous_journal_seq, previous_payload from actor_state where actor_key = $1 and previous_payload is not null
        """;

    private const string Insert = """
        insert into actor_state (actor_key, version, journal_seq, payload, saved_at, previous_version, previous_journal_seq, previous_payload)
        values ($1, 1, $2, $3, $4, case when $5 then 1 end, case when $5 then $2 end, case when $5 then $3 end)
        on conflict (actor_key) do nothing
        returning version
        """;

    private const string Update = """
        update actor_state set version = version + 1, journal_seq = $2, payload = $3, saved_at = $4,
            previous_version = case when $5 then version + 1 else version end,
            previous_journal_seq = case when $5 then $2 else journal_seq end,
            previous_payload = case when $5 then $3 else payload end
        where actor_key = $1 and version = $6
        returning version
        """;

    private static readonly string[] DeleteByActor =
    [
        "delete from actor_state where actor_key = $1",
        "delete from drift_journal where actor_key = $1",
        "delete from drift_batches where actor_key = $1",
    ];

    private static readonly string[] DeleteByModel =
    [
        "delete from predictions where tenant = $1 and model = $2",
        "delete from labels where tenant = $1 and model = $2",
        "delete from drift_metrics where tenant = $1 and model = $2",
        "delete from feature_drift where tenant = $1 and model = $2",
    ];

    private const string ResolveAlerts = """
        update alerts set resolved_at = $3, updated_at = $3, resolution = 'the model was deleted', sequence = sequence + 1
        where tenant = $1 and model = $2 and resolved_at is null
        """;

    private const string DeleteMlMetrics = "delete from ml_metrics where model_name = $1";

    public Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken) => LoadAsync(Select, actorKey, cancellationToken);

    public Task<ActorSnapshot?> LoadPreviousAsync(string actorKey, CancellationToken cancellationToken) =>
        LoadAsync(SelectPrevious, actorKey, cancellationToken);

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
        return effects.IsEmpty
            ? database.ScalarAsync<long?>(() => Complete(database.Command(expectedVersion == 0 ? Insert : Update)), cancellationToken)
            : PostgresDatabase.RunAsync(SaveWithEffectsAsync, cancellationToken);

        async Task<long?> SaveWithEffectsAsync(CancellationToken token)
        {
            await using var connection = await database.OpenAsync(token).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
            await using var save = Complete(new NpgsqlCommand(expectedVersion == 0 ? Insert : Update, connection, transaction));
            if (await save.ExecuteScalarAsync(token).ConfigureAwait(false) is not long version)
                return null;

            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var command in Commands(actorKey, effects))
                batch.BatchCommands.Add(command);

            await batch.ExecuteNonQueryAsync(token).ConfigureAwait(false);
            await transaction.CommitAsync(token).ConfigureAwait(false);
            return version;
        }

        NpgsqlCommand Complete(NpgsqlCommand command)
        {
            command.Parameters.Add(Parameter.Text(actorKey));
            command.Parameters.Add(Parameter.Long(journalSequence));
            command.Parameters.Add(Parameter.Bytes(payload));
            command.Parameters.Add(Parameter.Time(time.GetUtcNow()));
            command.Parameters.Add(Parameter.Boolean(copies == SnapshotCopies.Both));
            if (expectedVersion != 0)
                command.Parameters.Add(Parameter.Long(expectedVersion));

            return command;
        }
    }

    public Task DeleteModelAsync(ModelId model, SnapshotEffects effects, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            () => database.Batch(
            [
                .. DeleteByActor.Select(sql => new NpgsqlBatchCommand(sql) { Parameters = { Parameter.Text(ActorKey.Model(model)) } }),
                .. DeleteByModel.Select(sql => new NpgsqlBatchCommand(sql) { Parameters = { Parameter.Text(model.Tenant), Parameter.Text(model.Name) } }),
                new NpgsqlBatchCommand(DeleteMlMetrics) { Parameters = { Parameter.Text(model.ToString()) } },
                .. Commands(ActorKey.Model(model), effects),
                // Those of a model whose state cannot be read; nobody is told.
                new NpgsqlBatchCommand(ResolveAlerts) { Parameters = { Parameter.Text(model.Tenant), Parameter.Text(model.Name), Parameter.Time(time.GetUtcNow()) } },
            ]),
            cancellationToken);

    private async Task<ActorSnapshot?> LoadAsync(string sql, string actorKey, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            () => database.Command(sql, Parameter.Text(actorKey)),
            row => new ActorSnapshot(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)),
            cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    private static IEnumerable<NpgsqlBatchCommand> Commands(string actorKey, SnapshotEffects effects)
    {
        foreach (var alert in effects.Alerts)
            yield return PostgresAlertStore.Write(alert);

        foreach (var entry in effects.Outbox)
            yield return PostgresOutbox.Add(entry);

        foreach (var trigger in effects.Triggers)
            yield return PostgresTriggerStore.Write(trigger);

        if (effects.Run is { } run)
        {
            foreach (var command in PostgresTrainingStore.Write(run, effects.Points))
                yield return command;
        }

        if (effects.Wake is { } wake)
            yield return PostgresActorWakes.Write(actorKey, wake);
    }
}
