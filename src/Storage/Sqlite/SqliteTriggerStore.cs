using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteTriggerStore(SqliteDatabase database) : ITriggerStore
{
    private const string Columns = """
        tenant, id, model, trigger_type, status, reason, dry_run, destinations, job_id, training_run, adapter_version, message, sequence, attempts,
        created_at, updated_at, approved_by, approved_at, sent_at, accepted_at, started_at, finished_at, cancelled_by, expires_at
        """;

    private const string Upsert = $"""
        insert into finetuning_triggers ({Columns})
        values (
            $tenant, $id, $model, $trigger_type, $status, $reason, $dry_run, $destinations, $job_id, $training_run, $adapter_version, $message,
            $sequence, $attempts, $created_at, $updated_at, $approved_by, $approved_at, $sent_at, $accepted_at, $started_at, $finished_at,
            $cancelled_by, $expires_at)
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
        where tenant = $tenant and ($model is null or model = $model) and ($status is null or status = $status)
          and ($before is null or (created_at, id) < (select created_at, id from finetuning_triggers where tenant = $tenant and id = $before))
        order by created_at desc, id desc limit $limit
        """;

    private const string Find = $"""
        select {Columns} from finetuning_triggers where id = $id
        """;

    /// <summary>Writes a trigger as it is now, within a transaction of the caller.</summary>
    public static void Write(SqliteSession session, Trigger given)
    {
        var t = TrainingText.Clean(given);
        session.Statement(Upsert)
            .Bind("$tenant", t.Tenant)
            .Bind("$id", t.Id)
            .Bind("$model", t.Model)
            .Bind("$trigger_type", TrainingText.Of(t.Type))
            .Bind("$status", TrainingText.Of(t.Status))
            .Bind("$reason", StorageJson.Write(t.Reason))
            .Bind("$dry_run", t.DryRun)
            .Bind("$destinations", StorageJson.Write(t.Destinations))
            .Bind("$job_id", t.JobId)
            .Bind("$training_run", t.TrainingRun)
            .Bind("$adapter_version", t.AdapterVersion)
            .Bind("$message", t.Message)
            .Bind("$sequence", t.Sequence)
            .Bind("$attempts", t.Attempts)
            .Bind("$created_at", t.CreatedAt)
            .Bind("$updated_at", t.UpdatedAt)
            .Bind("$approved_by", t.ApprovedBy)
            .Bind("$approved_at", t.ApprovedAt)
            .Bind("$sent_at", t.SentAt)
            .Bind("$accepted_at", t.AcceptedAt)
            .Bind("$started_at", t.StartedAt)
            .Bind("$finished_at", t.FinishedAt)
            .Bind("$cancelled_by", t.CancelledBy)
            .Bind("$expires_at", t.ExpiresAt)
            .Execute();
    }

    public Task<IReadOnlyList<Trigger>> ListAsync(string tenant, TriggerQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Rows(
                session.Statement(List)
                    .Bind("$tenant", tenant)
                    .Bind("$model", query.Model)
                    .Bind("$status", query.Status is { } status ? TrainingText.Of(status) : null)
                    .Bind("$before", query.Before)
                    .Bind("$limit", query.Limit)),
            cancellationToken);

    public Task<Trigger?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Rows(session.Statement(Find).Bind("$id", id)).FirstOrDefault(), cancellationToken);

    private static IReadOnlyList<Trigger> Rows(SqliteStatement statement)
    {
        using var row = statement.Query();
        var rows = new List<Trigger>();
        while (row.Read())
            rows.Add(Read(row));

        return rows;
    }

    private static Trigger Read(SqliteDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Id = row.GetString(1),
        Model = row.GetString(2),
        Type = TrainingText.ToTriggerType(row.GetString(3)),
        Status = TrainingText.ToTriggerStatus(row.GetString(4)),
        Reason = StorageJson.ReadReason(row.GetString(5)),
        DryRun = row.Boolean(6),
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
