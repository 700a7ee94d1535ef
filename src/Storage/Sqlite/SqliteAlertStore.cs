using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteAlertStore(SqliteDatabase database) : IAlertStore
{
    // A worse severity than the one that was acknowledged is news.
    private const string Upsert = """
        insert into alerts (tenant, id, kind, model, "window", severity, summary, columns, "values", sequence, opened_at, updated_at, resolved_at, resolution, silenced)
        values ($tenant, $id, $kind, $model, $window, $severity, $summary, $columns, $values, $sequence, $opened_at, $updated_at, $resolved_at, $resolution, $silenced)
        on conflict (tenant, id) do update set
            "window" = excluded."window", severity = excluded.severity, summary = excluded.summary, columns = excluded.columns, "values" = excluded."values",
            sequence = excluded.sequence, updated_at = excluded.updated_at, resolved_at = excluded.resolved_at, resolution = excluded.resolution,
            silenced = excluded.silenced,
            acknowledged_at = case
                when instr('none warning moderate critical', excluded.severity) > instr('none warning moderate critical', alerts.acknowledged_severity) then null
                else alerts.acknowledged_at end
        where alerts.sequence < excluded.sequence
        """;

    private const string Columns = """
        id, tenant, kind, model, "window", severity, summary, columns, "values", sequence, opened_at, updated_at, resolved_at, resolution, silenced,
        acknowledged_by, acknowledged_at, acknowledged_severity, acknowledged_note
        """;

    private const string List = $"""
        select {Columns} from alerts
        where tenant = $tenant and ($model is null or model = $model)
          and ($state is null or $state = case when resolved_at is not null then 'resolved' when acknowledged_at is not null then 'acknowledged' else 'open' end)
        order by opened_at desc, id limit $limit
        """;

    private const string Unresolved = $"""
        select {Columns} from alerts where resolved_at is null order by opened_at desc, id limit $limit
        """;

    private const string Find = $"""
        select {Columns} from alerts where tenant = $tenant and id = $id
        """;

    private const string Acknowledge = $"""
        update alerts set acknowledged_by = $by, acknowledged_at = $at, acknowledged_severity = severity, acknowledged_note = $note
        where tenant = $tenant and id = $id and resolved_at is null
        returning {Columns}
        """;

    private const string SilenceColumns = "id, tenant, model, kind, feature, max_severity, starts_at, ends_at, created_by, reason";

    private const string InsertSilence = $"""
        insert into silences ({SilenceColumns})
        values ($id, $tenant, $model, $kind, $feature, $max_severity, $starts_at, $ends_at, $created_by, $reason)
        """;

    private const string EndSilence = $"""
        update silences set ends_at = $at where tenant = $tenant and id = $id and ends_at > $at returning {SilenceColumns}
        """;

    private const string ListSilences = $"""
        select {SilenceColumns} from silences where ($tenant is null or tenant = $tenant) and ends_at > $at order by ends_at, id
        """;

    /// <summary>Writes an alert as it is now, within a transaction of the caller.</summary>
    public static void Write(SqliteSession session, Alert given)
    {
        var alert = AlertText.Clean(given);
        session.Statement(Upsert)
            .Bind("$tenant", alert.Tenant)
            .Bind("$id", alert.Id)
            .Bind("$kind", alert.Kind)
            .Bind("$model", alert.Model)
            .Bind("$window", alert.Window)
            .Bind("$severity", Names.Of(alert.Severity))
            .Bind("$summary", alert.Summary)
            .Bind("$columns", StorageJson.Write(alert.Columns))
            .Bind("$values", StorageJson.Write(alert.Values))
            .Bind("$sequence", alert.Sequence)
            .Bind("$opened_at", alert.OpenedAt)
            .Bind("$updated_at", alert.UpdatedAt)
            .Bind("$resolved_at", alert.ResolvedAt)
            .Bind("$resolution", alert.Resolution)
            .Bind("$silenced", alert.Silenced)
            .Execute();
    }

    public Task<IReadOnlyList<Alert>> ListAsync(string tenant, AlertQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Read(
                session.Statement(List)
                    .Bind("$tenant", tenant)
                    .Bind("$model", query.Model)
                    .Bind("$state", query.State is { } state ? Names.Of(state) : null)
                    .Bind("$limit", query.Limit),
                ReadAlert),
            cancellationToken);

    public Task<Alert?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(session.Statement(Find).Bind("$tenant", tenant).Bind("$id", id), ReadAlert).FirstOrDefault(), cancellationToken);

    public Task<IReadOnlyList<Alert>> ListUnresolvedAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(session.Statement(Unresolved).Bind("$limit", limit), ReadAlert), cancellationToken);

    public Task<Alert?> AcknowledgeAsync(string tenant, string id, string by, string? note, DateTimeOffset at, CancellationToken cancellationToken)
    {
        StoredText.Check(by, "name of who acknowledges");
        StoredText.Check(note, "note");
        return database.WriteAsync(
            session => Read(
                session.Statement(Acknowledge).Bind("$tenant", tenant).Bind("$id", id).Bind("$by", by).Bind("$note", note).Bind("$at", at), ReadAlert).FirstOrDefault(),
            cancellationToken);
    }

    public Task AddSilenceAsync(Silence silence, CancellationToken cancellationToken)
    {
        StoredText.Check(silence.Feature, "feature");
        StoredText.Check(silence.CreatedBy, "name of who silences");
        StoredText.Check(silence.Reason, "reason");
        return database.WriteAsync(
            session => session.Statement(InsertSilence)
                .Bind("$id", silence.Id)
                .Bind("$tenant", silence.Tenant)
                .Bind("$model", silence.Model)
                .Bind("$kind", silence.Kind)
                .Bind("$feature", silence.Feature)
                .Bind("$max_severity", silence.MaxSeverity is { } severity ? Names.Of(severity) : null)
                .Bind("$starts_at", silence.StartsAt)
                .Bind("$ends_at", silence.EndsAt)
                .Bind("$created_by", silence.CreatedBy)
                .Bind("$reason", silence.Reason)
                .Execute(),
            cancellationToken);
    }

    public Task<Silence?> EndSilenceAsync(string tenant, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => Read(session.Statement(EndSilence).Bind("$tenant", tenant).Bind("$id", id).Bind("$at", at), ReadSilence).FirstOrDefault(), cancellationToken);

    public Task<IReadOnlyList<Silence>> ListSilencesAsync(string? tenant, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(session.Statement(ListSilences).Bind("$tenant", tenant).Bind("$at", at), ReadSilence), cancellationToken);

    private static IReadOnlyList<T> Read<T>(SqliteStatement statement, Func<SqliteDataReader, T> read)
    {
        using var row = statement.Query();
        var rows = new List<T>();
        while (row.Read())
            rows.Add(read(row));

        return rows;
    }

    private static Alert ReadAlert(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Tenant = row.GetString(1),
        Kind = row.GetString(2),
        Model = row.Text(3),
        Window = row.Text(4),
        Severity = Names.ToSeverity(row.GetString(5)),
        Summary = row.GetString(6),
        Columns = StorageJson.ReadTexts(row.Text(7)),
        Values = StorageJson.ReadScores(row.Text(8)) ?? new Dictionary<string, double>(),
        Sequence = row.GetInt32(9),
        OpenedAt = row.Time(10),
        UpdatedAt = row.Time(11),
        ResolvedAt = row.TimeOrNull(12),
        Resolution = row.Text(13),
        Silenced = row.Boolean(14),
        Acknowledgement = row.TimeOrNull(16) is { } at ? new Acknowledgement(row.GetString(15), at, Names.ToSeverity(row.GetString(17)), row.Text(18)) : null,
    };

    private static Silence ReadSilence(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Tenant = row.GetString(1),
        Model = row.Text(2),
        Kind = row.Text(3),
        Feature = row.Text(4),
        MaxSeverity = row.Text(5) is { } severity ? Names.ToSeverity(severity) : null,
        StartsAt = row.Time(6),
        EndsAt = row.Time(7),
        CreatedBy = row.GetString(8),
        Reason = row.GetString(9),
    };
}
