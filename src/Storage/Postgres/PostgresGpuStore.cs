using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Core.Gpus;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresGpuStore(PostgresDatabase database) : IGpuStore
{
    private const string UpsertNode = """
        insert into gpu_nodes (node, reported_at, state, report) values ($1, $2, $3, $4)
        on conflict (node) do update set reported_at = excluded.reported_at, state = excluded.state, report = excluded.report
        where gpu_nodes.reported_at <= excluded.reported_at
        """;

    private const string SelectNode = "select report from gpu_nodes where node = $1";

    private const string SelectNodes = "select node from gpu_nodes order by node";

    private static readonly string InsertRaw = $"""
        insert into gpu_samples (node, resolution, samples, timestamp, uuid, gpu, {GpuColumns.Names})
        select $1, 'raw', 1, s.* from unnest({string.Join(", ", Enumerable.Range(2, GpuColumns.Measures.Count + 3).Select(i => $"${i}"))}) as s
        on conflict do nothing
        """;

    private static readonly string RollUpMinutes = GpuColumns.RollUp("minute", "raw", "date_trunc('minute', timestamp, 'UTC')", "$1", "$2", "$3");

    private static readonly string RollUpHours = GpuColumns.RollUp("hour", "minute", "date_trunc('hour', timestamp, 'UTC')", "$1", "$2", "$3");

    private static readonly string SelectSamples = $"""
        select {GpuColumns.Select} from gpu_samples
        where node = $1 and resolution = $2 and timestamp >= $3 and ($4 is null or uuid = $4)
        order by timestamp desc, gpu, uuid
        limit $5
        """;

    public Task WriteAsync(string node, GpuReport latest, IReadOnlyList<GpuSample> samples, CancellationToken cancellationToken) =>
        database.ExecuteAsync(() => Batch(node, latest, samples), cancellationToken);

    public async Task<GpuReport?> FindAsync(string node, CancellationToken cancellationToken) =>
        StorageJson.ReadGpuReport(await database.ScalarAsync<string>(() => database.Command(SelectNode, Parameter.Text(node)), cancellationToken).ConfigureAwait(false));

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(() => database.Command(SelectNodes), row => row.GetString(0), cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<GpuSample>> ReadAsync(string node, GpuHistoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.QueryAsync(
            () => database.Command(
                SelectSamples,
                Parameter.Text(node),
                Parameter.Text(GpuColumns.Of(query.Resolution)),
                Parameter.Time(query.From),
                Parameter.Text(query.Uuid),
                Parameter.Integer(query.Limit)),
            row => GpuColumns.Sample(row.Time(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), i => row.Real(i + 4)),
            cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlBatch Batch(string node, GpuReport latest, IReadOnlyList<GpuSample> samples)
    {
        var batch = database.Batch(new NpgsqlBatchCommand(UpsertNode)
        {
            Parameters = { Parameter.Text(node), Parameter.Time(latest.At), Parameter.Text(GpuNames.Of(latest.State)), Parameter.Json(StorageJson.Write(latest)) },
        });
        if (samples.Count == 0)
            return batch;

        var insert = new NpgsqlBatchCommand(InsertRaw)
        {
            Parameters = { Parameter.Text(node), Parameter.Times(samples, s => s.Timestamp), Parameter.Texts(samples, s => s.Uuid), Parameter.Integers(samples, s => s.Index) },
        };
        foreach (var measure in GpuColumns.Measures)
            insert.Parameters.Add(Parameter.Reals(samples, measure.Value));
        batch.BatchCommands.Add(insert);
        batch.BatchCommands.Add(RollUp(RollUpMinutes, TimeSpan.FromMinutes(1)));
        batch.BatchCommands.Add(RollUp(RollUpHours, TimeSpan.FromHours(1)));
        return batch;

        NpgsqlBatchCommand RollUp(string sql, TimeSpan length)
        {
            var (from, to) = GpuColumns.Slices(samples, length);
            return new NpgsqlBatchCommand(sql) { Parameters = { Parameter.Text(node), Parameter.Time(from), Parameter.Time(to) } };
        }
    }
}
