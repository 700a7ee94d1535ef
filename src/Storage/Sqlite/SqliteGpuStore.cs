using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Core.Gpus;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteGpuStore(SqliteDatabase database) : IGpuStore
{
    private const string UpsertNode = """
        insert into gpu_nodes (node, reported_at, state, report) values ($node, $reported_at, $state, $report)
        on conflict (node) do update set reported_at = excluded.reported_at, state = excluded.state, report = excluded.report
        where gpu_nodes.reported_at <= excluded.reported_at
        """;

    private const string SelectNode = "select report from gpu_nodes where node = $node";

    private const string SelectNodes = "select node from gpu_nodes order by node";

    private static readonly string[] MeasureNames = [.. GpuColumns.Measures.Select(m => "$" + m.Name)];

    private static readonly string InsertRaw = $"""
        insert into gpu_samples (node, resolution, samples, timestamp, uuid, gpu, {GpuColumns.Names})
        values ($node, 'raw', 1, $timestamp, $uuid, $gpu, {string.Join(", ", MeasureNames)})
        on conflict do nothing
        """;

    private static readonly string RollUpMinutes = GpuColumns.RollUp("minute", "raw", "timestamp / 60000000 * 60000000", "$node", "$from", "$to");

    private static readonly string RollUpHours = GpuColumns.RollUp("hour", "minute", "timestamp / 3600000000 * 3600000000", "$node", "$from", "$to");

    private static readonly string SelectSamples = $"""
        select {GpuColumns.Select} from gpu_samples
        where node = $node and resolution = $resolution and timestamp >= $from and ($uuid is null or uuid = $uuid)
        order by timestamp desc, gpu, uuid
        limit $limit
        """;

    public Task WriteAsync(string node, GpuReport latest, IReadOnlyList<GpuSample> samples, CancellationToken cancellationToken) =>
        database.TransactAsync(session => Write(session, node, latest, samples), cancellationToken);

    public Task<GpuReport?> FindAsync(string node, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var row = session.Statement(SelectNode).Bind("$node", node).Query();
                return row.Read() ? StorageJson.ReadGpuReport(row.GetString(0)) : null;
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var row = session.Statement(SelectNodes).Query();
                var nodes = new List<string>();
                while (row.Read())
                    nodes.Add(row.GetString(0));

                return nodes;
            },
            cancellationToken);

    public Task<IReadOnlyList<GpuSample>> ReadAsync(string node, GpuHistoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return database.ReadAsync<IReadOnlyList<GpuSample>>(
            session =>
            {
                using var row = session.Statement(SelectSamples)
                    .Bind("$node", node)
                    .Bind("$resolution", GpuColumns.Of(query.Resolution))
                    .Bind("$from", query.From)
                    .Bind("$uuid", query.Uuid)
                    .Bind("$limit", query.Limit)
                    .Query();
                var samples = new List<GpuSample>();
                while (row.Read())
                    samples.Add(GpuColumns.Sample(row.Time(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), i => row.Real(i + 4)));

                return samples;
            },
            cancellationToken);
    }

    private static int Write(SqliteSession session, string node, GpuReport latest, IReadOnlyList<GpuSample> samples)
    {
        var written = session.Statement(UpsertNode)
            .Bind("$node", node)
            .Bind("$reported_at", latest.At)
            .Bind("$state", GpuNames.Of(latest.State))
            .Bind("$report", StorageJson.Write(latest))
            .Execute();
        if (samples.Count == 0)
            return written;

        foreach (var sample in samples)
        {
            var insert = session.Statement(InsertRaw).Bind("$node", node).Bind("$timestamp", sample.Timestamp).Bind("$uuid", sample.Uuid).Bind("$gpu", sample.Index);
            for (var i = 0; i < MeasureNames.Length; i++)
                insert.Bind(MeasureNames[i], GpuColumns.Measures[i].Value(sample));
            written += insert.Execute();
        }

        RollUp(RollUpMinutes, TimeSpan.FromMinutes(1));
        RollUp(RollUpHours, TimeSpan.FromHours(1));
        return written;

        void RollUp(string sql, TimeSpan length)
        {
            var (from, to) = GpuColumns.Slices(samples, length);
            session.Statement(sql).Bind("$node", node).Bind("$from", from).Bind("$to", to).Execute();
        }
    }
}
