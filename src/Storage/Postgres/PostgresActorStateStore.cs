using Drift.Actors;
using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresActorStateStore(PostgresDatabase database, TimeProvider time) : IActorStateStore
{
    private const string Select = """
        select version, journal_seq, payload from actor_state where actor_key = $1
        """;

    private const string Insert = """
        insert into actor_state (actor_key, version, journal_seq, payload, saved_at) values ($1, 1, $2, $3, $4)
        on conflict (actor_key) do nothing
        returning version
        """;

    private const string Update = """
        update actor_state set version = version + 1, journal_seq = $2, payload = $3, saved_at = $4
        where actor_key = $1 and version = $5
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

    private const string DeleteMlMetrics = "delete from ml_metrics where model_name = $1";

    public async Task<ActorSnapshot?> LoadAsync(string actorKey, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            () => database.Command(Select, Parameter.Text(actorKey)),
            row => new ActorSnapshot(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)),
            cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task<long?> SaveAsync(
        string actorKey, long expectedVersion, long journalSequence, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        return database.ScalarAsync<long?>(
            () =>
            {
                var command = database.Command(
                    expectedVersion == 0 ? Insert : Update,
                    Parameter.Text(actorKey), Parameter.Long(journalSequence), Parameter.Bytes(payload), Parameter.Time(time.GetUtcNow()));
                if (expectedVersion != 0)
                    command.Parameters.Add(Parameter.Long(expectedVersion));

                return command;
            },
            cancellationToken);
    }

    public Task DeleteModelAsync(ModelId model, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            () => database.Batch(
            [
                .. DeleteByActor.Select(sql => new NpgsqlBatchCommand(sql) { Parameters = { Parameter.Text(ActorKey.Model(model)) } }),
                .. DeleteByModel.Select(sql => new NpgsqlBatchCommand(sql) { Parameters = { Parameter.Text(model.Tenant), Parameter.Text(model.Name) } }),
                new NpgsqlBatchCommand(DeleteMlMetrics) { Parameters = { Parameter.Text(model.ToString()) } },
            ]),
            cancellationToken);
}
