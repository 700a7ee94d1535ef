using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage.Postgres;

internal sealed class PostgresModelDirectory(PostgresDatabase database) : IModelDirectory
{
    private const string Upsert = """
        insert into models (tenant, model, status, "rows", last_ingest, reported_at, drift_open, severity, verdict)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (tenant, model) do update set
            status = excluded.status, "rows" = excluded."rows", last_ingest = excluded.last_ingest, reported_at = excluded.reported_at,
            drift_open = excluded.drift_open, severity = excluded.severity, verdict = excluded.verdict
        where models.reported_at <= excluded.reported_at
        """;

    private const string Delete = """
        delete from models where tenant = $1 and model = $2
        """;

    private const string Select = """
        select model, status, "rows", last_ingest, reported_at, drift_open, verdict from models where tenant = $1 order by model
        """;

    public Task UpsertAsync(string tenant, ModelStatus status, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            () => database.Command(
                Upsert,
                Parameter.Text(tenant),
                Parameter.Text(status.Name),
                Parameter.Text(Names.Of(status.Status)),
                Parameter.Long(status.Rows),
                Parameter.Time(status.LastIngest),
                Parameter.Time(status.ReportedAt),
                Parameter.Boolean(status.DriftOpen),
                Parameter.Text(status.Verdict is { } verdict ? Names.Of(verdict.Severity) : null),
                Parameter.Json(status.Verdict is null ? null : StorageJson.Write(StoredVerdict.Clean(status.Verdict)))),
            cancellationToken);

    public Task RemoveAsync(string tenant, string model, CancellationToken cancellationToken) =>
        database.ExecuteAsync(() => database.Command(Delete, Parameter.Text(tenant), Parameter.Text(model)), cancellationToken);

    public async Task<IReadOnlyList<ModelStatus>> ListAsync(string tenant, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(Select, Parameter.Text(tenant)),
            row => new ModelStatus
            {
                Name = row.GetString(0),
                Status = Names.ToState(row.GetString(1)),
                Rows = row.GetInt64(2),
                LastIngest = row.TimeOrNull(3),
                ReportedAt = row.Time(4),
                DriftOpen = row.GetBoolean(5),
                Verdict = StorageJson.ReadVerdict(row.Text(6)),
            },
            cancellationToken).ConfigureAwait(false);
}
