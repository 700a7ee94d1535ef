using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresAlertStore(PostgresDatabase database) : IAlertStore
{
    // A worse severity than the one that was acknowledged is news.
    private const string Upsert = """
        insert into alerts (tenant, id, kind, model, "window", severity, summary, columns, "values", sequence, opened_at, updated_at, resolved_at, resolution, silenced)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict (tenant, id) do update set
            "window" = excluded."window", severity = excluded.severity, summary = excluded.summary, columns = excluded.columns, "values" = excluded."values",
            sequence = excluded.sequence, updated_at = excluded.updated_at, resolved_at = excluded.resolved_at, resolution = excluded.resolution,
            silenced = excluded.silenced,
            acknowledged_at = case
                when position(excluded.severity in 'none warning moderate critical') > position(alerts.acknowledged_severity in 'none warning moderate critical') then null
                else alerts.acknowledged_at end
        where alerts.sequence < excluded.sequence
        """;

    private const string Columns = """
        id, tenant, kind, model, "window", severity, summary, columns, "values", sequence, opened_at, updated_at, resolved_at, resolution, silenced,
        acknowledged_by, acknowledged_at, acknowledged_severity, acknowledged_note
        """;

    private const string List = $"""
        select {Columns} from alerts
        where tenant = $1 and ($2 is null or model = $2)
          and ($3 is null or $3 = case when resolved_at is not null then 'resolved' when acknowledged_at is not null then 'acknowledged' else 'open' end)
        order by opened_at desc, id limit $4
        """;

    private const string Unresolved = $"""
        select {Columns} from alerts where resolved_at is null order by opened_at desc, id limit $1
        """;

    private const string Find = $"""
        select {Columns} from alerts where tenant = $1 and id = $2
        """;

    private const string Acknowledge = $"""
        update alerts set acknowledged_by = $3, acknowledged_at = $5, acknowledged_severity = severity, acknowledged_note = $4
        where tenant = $1 and id = $2 and resolved_at is null
        returning {Columns}
        """;

    private const string SilenceColumns = "id, tenant, model, kind, feature, max_severity, starts_at, ends_at, created_by, reason";

    private const string InsertSilence = $"""
        insert into silences ({SilenceColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string EndSilence = $"""
        update silences set ends_at = $3 where tenant = $1 and id = $2 and ends_at > $3 returning {SilenceColumns}
        """;

    private const string ListSilences = $"""
        select {SilenceColumns} from silences where ($1 is null or tenant = $1) and ends_at > $2 order by ends_at, id
        """;

    /// <summary>Writes an alert as it is now, within a transaction of the caller.</summary>
    public static NpgsqlBatchCommand Write(Alert given)
    {
        var alert = AlertText.Clean(given);
        return new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                Parameter.Text(alert.Tenant),
                Parameter.Text(alert.Id),
                Parameter.Text(alert.Kind),
                Parameter.Text(alert.Model),
                Parameter.Text(alert.Window),
                Parameter.Text(Names.Of(alert.Severity)),
                Parameter.Text(alert.Summary),
                Parameter.Json(StorageJson.Write(alert.Columns)),
                Parameter.Json(StorageJson.Write(alert.Values)),
                Parameter.Integer(alert.Sequence),
                Parameter.Time(alert.OpenedAt),
                Parameter.Time(alert.UpdatedAt),
                Parameter.Time(alert.ResolvedAt),
                Parameter.Text(alert.Resolution),
                Parameter.Boolean(alert.Silenced),
            },
        };
    }

    public async Task<IReadOnlyList<Alert>> ListAsync(string tenant, AlertQuery query, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                List,
                Parameter.Text(tenant),
                Parameter.Text(query.Model),
                Parameter.Text(query.State is { } state ? Names.Of(state) : null),
                Parameter.Integer(query.Limit)),
            ReadAlert,
            cancellationToken).ConfigureAwait(false);

    public Task<Alert?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        FirstAsync(() => database.Command(Find, Parameter.Text(tenant), Parameter.Text(id)), ReadAlert, cancellationToken);

    public async Task<IReadOnlyList<Alert>> ListUnresolvedAsync(int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(() => database.Command(Unresolved, Parameter.Integer(limit)), ReadAlert, cancellationToken).ConfigureAwait(false);

    public Task<Alert?> AcknowledgeAsync(string tenant, string id, string by, string? note, DateTimeOffset at, CancellationToken cancellationToken)
    {
        StoredText.Check(by, "name of who acknowledges");
        StoredText.Check(note, "note");
        return FirstAsync(
            () => database.Command(Acknowledge, Parameter.Text(tenant), Parameter.Text(id), Parameter.Text(by), Parameter.Text(note), Parameter.Time(at)),
            ReadAlert,
            cancellationToken);
    }

    public Task AddSilenceAsync(Silence silence, CancellationToken cancellationToken)
    {
        StoredText.Check(silence.Feature, "feature");
        StoredText.Check(silence.CreatedBy, "name of who silences");
        StoredText.Check(silence.Reason, "reason");
        return database.ExecuteAsync(
            () => database.Command(
                InsertSilence,
                Parameter.Text(silence.Id),
                Parameter.Text(silence.Tenant),
                Parameter.Text(silence.Model),
                Parameter.Text(silence.Kind),
                Parameter.Text(silence.Feature),
                Parameter.Text(silence.MaxSeverity is { } severity ? Names.Of(severity) : null),
                Parameter.Time(silence.StartsAt),
                Parameter.Time(silence.EndsAt),
                Parameter.Text(silence.CreatedBy),
                Parameter.Text(silence.Reason)),
            cancellationToken);
    }

    public Task<Silence?> EndSilenceAsync(string tenant, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        FirstAsync(() => database.Command(EndSilence, Parameter.Text(tenant), Parameter.Text(id), Parameter.Time(at)), ReadSilence, cancellationToken);

    public async Task<IReadOnlyList<Silence>> ListSilencesAsync(string? tenant, DateTimeOffset at, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(ListSilences, Parameter.Text(tenant), Parameter.Time(at)), ReadSilence, cancellationToken).ConfigureAwait(false);

    private async Task<T?> FirstAsync<T>(Func<NpgsqlCommand> create, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class
    {
        var rows = await database.QueryAsync(create, read, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    private static Alert ReadAlert(NpgsqlDataReader row) => new()
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
        Silenced = row.GetBoolean(14),
        Acknowledgement = row.TimeOrNull(16) is { } at ? new Acknowledgement(row.GetString(15), at, Names.ToSeverity(row.GetString(17)), row.Text(18)) : null,
    };

    private static Silence ReadSilence(NpgsqlDataReader row) => new()
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
