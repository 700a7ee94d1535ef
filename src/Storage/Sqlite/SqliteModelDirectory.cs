using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteModelDirectory(SqliteDatabase database) : IModelDirectory
{
    private const string Upsert = """
        insert into models (tenant, model, status, "rows", last_ingest, reported_at, drift_open, severity, verdict)
        values ($tenant, $model, $status, $rows, $last_ingest, $reported_at, $drift_open, $severity, $verdict)
        on conflict (tenant, model) do update set
            status = excluded.status, "rows" = excluded."rows", last_ingest = excluded.last_ingest, reported_at = excluded.reported_at,
            drift_open = excluded.drift_open, severity = excluded.severity, verdict = excluded.verdict
        where models.reported_at <= excluded.reported_at
        """;

    private const string Delete = """
        delete from models where tenant = $tenant and model = $model
        """;

    private const string Select = """
        select model, status, "rows", last_ingest, reported_at, drift_open, verdict from models where tenant = $tenant order by model
        """;

    public Task UpsertAsync(string tenant, ModelStatus status, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session.Statement(Upsert)
                .Bind("$tenant", tenant)
                .Bind("$model", status.Name)
                .Bind("$status", Names.Of(status.Status))
                .Bind("$rows", status.Rows)
                .Bind("$last_ingest", status.LastIngest)
                .Bind("$reported_at", status.ReportedAt)
                .Bind("$drift_open", status.DriftOpen)
                .Bind("$severity", status.Verdict is { } verdict ? Names.Of(verdict.Severity) : null)
                .Bind("$verdict", status.Verdict is null ? null : StorageJson.Write(StoredVerdict.Clean(status.Verdict)))
                .Execute(),
            cancellationToken);

    public Task RemoveAsync(string tenant, string model, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Statement(Delete).Bind("$tenant", tenant).Bind("$model", model).Execute(), cancellationToken);

    public Task<IReadOnlyList<ModelStatus>> ListAsync(string tenant, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelStatus>>(
            session =>
            {
                using var row = session.Statement(Select).Bind("$tenant", tenant).Query();
                var models = new List<ModelStatus>();
                while (row.Read())
                {
                    models.Add(new ModelStatus
                    {
                        Name = row.GetString(0),
                        Status = Names.ToState(row.GetString(1)),
                        Rows = row.GetInt64(2),
                        LastIngest = row.TimeOrNull(3),
                        ReportedAt = row.Time(4),
                        DriftOpen = row.Boolean(5),
                        Verdict = StorageJson.ReadVerdict(row.Text(6)),
                    });
                }

                return models;
            },
            cancellationToken);
}
