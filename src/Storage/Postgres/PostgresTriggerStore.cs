using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresTriggerStore(PostgresDatabase database) : ITriggerStore
{
    private const string Columns = """
        tenant, id, model, trigger_type, status, reason, dry_run, destinations, job_id, training_run, adapter_version, message, sequence, attempts,
        created_at, updated_at, approved_by, approved_at, sent_at, accepted_at, started_at, finished_at, cancelled_by, expires_at
        """;

    private const string Upsert = $"""
        insert into finetuning_triggers ({Columns})
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
        on conflict (id) do update set
            status = excluded.status, job_id = excluded.job_id, training_run = excluded.training_run, adapter_version = excluded.adapter_version,
            message = excluded.message, sequence = excluded.sequence, attempts = excluded.attempts, updated_at = excluded.updated_at,
            approved_by = excluded.approved_by, approved_at = excluded.approved_at, sent_at = excluded.sent_at, accepted_at = excluded.accepted_at,
            started_at = excluded.started_at, finished_at = excluded.finished_at, cancelled_by = excluded.cancelled_by,
            expires_at = excluded.expires_at
        where finetuning_triggers.sequence < excluded.sequence
        """;

    private const string List = $"""
        select {Columns} from finetuning_triggers
        where tenant = $1 and ($2 is null or model = $2) and ($3 is null or status = $3)
          and ($4 is null or (created_at, id) < (select created_at, id from finetuning_triggers where tenant = $1 and id = $4))
        order by created_at desc, id desc limit $5
        """;

    private const string Find = $"""
        select {Columns} from finetuning_triggers where id = $1
        """;

    /// <summary>Writes a trigger as it is now, within a transaction of the caller.</summary>
    public static NpgsqlBatchCommand Write(Trigger given)
    {
        var t = TrainingText.Clean(given);
        return new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                Parameter.Text(t.Tenant),
                Parameter.Text(t.Id),
                Parameter.Text(t.Model),
                Parameter.Text(TrainingText.Of(t.Type)),
                Parameter.Text(TrainingText.Of(t.Status)),
                Parameter.Json(StorageJson.Write(t.Reason)),
                Parameter.Boolean(t.DryRun),
                Parameter.Json(StorageJson.Write(t.Destinations)),
                Parameter.Text(t.JobId),
                Parameter.Text(t.TrainingRun),
                Parameter.Text(t.AdapterVersion),
                Parameter.Text(t.Message),
                Parameter.Integer(t.Sequence),
                Parameter.Integer(t.Attempts),
                Parameter.Time(t.CreatedAt),
                Parameter.Time(t.UpdatedAt),
                Parameter.Text(t.ApprovedBy),
                Parameter.Time(t.ApprovedAt),
                Parameter.Time(t.SentAt),
                Parameter.Time(t.AcceptedAt),
                Parameter.Time(t.StartedAt),
                Parameter.Time(t.FinishedAt),
                Parameter.Text(t.CancelledBy),
                Parameter.Time(t.ExpiresAt),
            },
        };
    }

    public async Task<IReadOnlyList<Trigger>> ListAsync(string tenant, TriggerQuery query, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                List,
                Parameter.Text(tenant),
                Parameter.Text(query.Model),
                Parameter.Text(query.Status is { } status ? TrainingText.Of(status) : null),
                Parameter.Text(query.Before),
                Parameter.Integer(query.Limit)),
            Read,
            cancellationToken).ConfigureAwait(false);

    public async Task<Trigger?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(() => database.Command(Find, Parameter.Text(id)), Read, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    private static Trigger Read(NpgsqlDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Id = row.GetString(1),
        Model = row.GetString(2),
        Type = TrainingText.ToTriggerType(row.GetString(3)),
        Status = TrainingText.ToTriggerStatus(row.GetString(4)),
        Reason = StorageJson.ReadReason(row.GetString(5)),
        DryRun = row.GetBoolean(6),
        Destinations = StorageJson.ReadTexts(row.Text(7)),
        JobId = row.Text(8),
        TrainingRun = row.Text(9),
        AdapterVersion = row.Text(10),
        Message = row.Text(11),
        Sequence = row.GetInt32(12),
        Attempts = row.GetInt32(13),
        CreatedAt = row.Time(14),
        UpdatedAt = row.Time(15),
        ApprovedBy = row.Text(16),
        ApprovedAt = row.TimeOrNull(17),
        SentAt = row.TimeOrNull(18),
        AcceptedAt = row.TimeOrNull(19),
        StartedAt = row.TimeOrNull(20),
        FinishedAt = row.TimeOrNull(21),
        CancelledBy = row.Text(22),
        ExpiresAt = row.TimeOrNull(23),
    };
}
