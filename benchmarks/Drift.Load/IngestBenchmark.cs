using Drift.Support;

namespace Drift.Load;

/// <summary>
/// The ingest comparison of issue and design: every scenario on every server in every round, one after the other, the order moving on from
/// round to round, so that what else the machine does falls on all of them alike. All servers run from the beginning and are idle out of turn.
/// </summary>
internal sealed class IngestBenchmark
{
    private const string Empty = "empty endpoint";
    internal const string Walk = "parse only";
    private const string Sqlite = "ours, SQLite";
    private const string Postgres = "ours, PostgreSQL";
    private const int DelayedModels = 9;

    // What a server does after its last answer (an evaluation, a snapshot) is part of what the rows cost.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan WarmingLoad = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeforeMeasuring = TimeSpan.FromSeconds(0.5);

    private readonly List<MeasuredServer> _servers = [];
    private readonly Dictionary<(Scenario Scenario, MeasuredServer Server), List<Measurement>> _measurements = [];
    private readonly List<(MeasuredServer Server, double Rate, LoadResult Result)> _halfLoads = [];
    private readonly List<(MeasuredServer Server, IReadOnlyList<TimeSpan> Delays)> _delays = [];
    private readonly List<(MeasuredServer Server, RowFormat Format, LoadResult Result)> _resends = [];

    public static async Task<IngestReport> RunAsync(int rounds, TimeSpan duration, CancellationToken cancellationToken)
    {
        var machine = Machine.Describe();
        var benchmark = new IngestBenchmark();
        await using var postgres = PostgresServer.IsAvailable ? await PostgresServer.StartNewAsync() : null;
        try
        {
            benchmark._servers.Add(await MeasuredServer.StartBaselineAsync(Empty, walk: false));
            benchmark._servers.Add(await MeasuredServer.StartBaselineAsync(Walk, walk: true));
            benchmark._servers.Add(await MeasuredServer.StartSqliteAsync(Sqlite));
            if (postgres is not null)
                benchmark._servers.Add(await MeasuredServer.StartPostgresAsync(Postgres, postgres));

            foreach (var scenario in Scenario.All)
            {
                foreach (var server in benchmark._servers)
                {
                    await WarmUp.RunAsync($"{scenario.Title}, {server.Name}", WarmingLoad, async length =>
                        (await LoadAsync(scenario, server, length, cancellationToken)).RowsPerCpuSecond);
                }
            }

            for (var round = 0; round < rounds; round++)
            {
                foreach (var scenario in Scenario.All)
                {
                    for (var i = 0; i < benchmark._servers.Count; i++)
                        await benchmark.MeasureAsync(scenario, benchmark._servers[(round + i) % benchmark._servers.Count], duration, cancellationToken);
                }
            }

            foreach (var server in benchmark._servers.Where(s => s.IsMonitor))
            {
                await benchmark.HalfLoadAsync(server, duration, cancellationToken);
                var delays = await GaugeDelay.MeasureAsync(server.Url, DelayedModels, cancellationToken);
                benchmark._delays.Add((server, delays));
                await Console.Error.WriteLineAsync($"Gauge, {server.Name}: moved after {string.Join(", ", delays.Select(d => $"{d.TotalMilliseconds:F0} ms"))}");
                foreach (var format in Enum.GetValues<RowFormat>())
                    await benchmark.ResendAsync(server, format, cancellationToken);
            }

            return new IngestReport(
                machine,
                Machine.LoadAverage(),
                rounds,
                duration,
                [.. benchmark._servers.Select(s => (s.Name, s.PeakBytes))],
                benchmark._measurements.ToDictionary(m => (m.Key.Scenario, m.Key.Server.Name), m => (IReadOnlyList<Measurement>)m.Value),
                [.. benchmark._halfLoads.Select(h => (h.Server.Name, h.Rate, h.Result))],
                [.. benchmark._delays.Select(d => (d.Server.Name, d.Delays))],
                [.. benchmark._resends.Select(r => (r.Server.Name, r.Format, r.Result))]);
        }
        finally
        {
            foreach (var server in benchmark._servers)
                await server.DisposeAsync();
        }
    }

    private async Task MeasureAsync(Scenario scenario, MeasuredServer server, TimeSpan duration, CancellationToken cancellationToken)
    {
        var measurement = await LoadAsync(scenario, server, duration, cancellationToken);
        var result = measurement.Result;
        if (!_measurements.TryGetValue((scenario, server), out var list))
            _measurements[(scenario, server)] = list = [];
        list.Add(measurement);
        await Console.Error.WriteLineAsync(
            $"{scenario.Title}, {server.Name}: {result.RowsPerSecond:N0} rows/s, {measurement.RowsPerCpuSecond:N0} rows per CPU-second, p99 {result.P99Ms:F1} ms"
            + (result.Errors.Count > 0 ? $", errors {string.Join(", ", result.Errors)}" : "") + (result.Exact ? "" : ", THE COUNTS ARE WRONG"));
    }

    private static async Task<Measurement> LoadAsync(Scenario scenario, MeasuredServer server, TimeSpan duration, CancellationToken cancellationToken)
    {
        var (cpu, database) = (server.Cpu, server.DatabaseCpu);
        var result = await LoadGenerator.RunAsync(scenario.Load(server, BeforeMeasuring, duration), cancellationToken);
        await Task.Delay(Settle, cancellationToken);
        return new Measurement(result, result.RowsAcknowledged, server.Cpu - cpu, server.DatabaseCpu - database);
    }

    private async Task HalfLoadAsync(MeasuredServer server, TimeSpan duration, CancellationToken cancellationToken)
    {
        var scenario = Scenario.All[0];
        var rate = _measurements[(scenario, server)].Average(m => m.Result.RequestsPerSecond) / 2;
        var result = await LoadGenerator.RunAsync(scenario.Load(server, TimeSpan.FromSeconds(1), duration) with { Rate = rate }, cancellationToken);
        _halfLoads.Add((server, rate, result));
        await Console.Error.WriteLineAsync($"Half load, {server.Name}: {rate:N0} batches/s, p50 {result.P50Ms:F1} ms, p99 {result.P99Ms:F1} ms");
    }

    private async Task ResendAsync(MeasuredServer server, RowFormat format, CancellationToken cancellationToken)
    {
        var result = await LoadGenerator.RunAsync(
            new LoadOptions
            {
                Url = server.Url,
                Format = format,
                ModelName = $"resend-{format}",
                Models = 4,
                Connections = 8,
                BatchRows = 100,
                NumericColumns = 6,
                CategoricalColumns = 4,
                Resend = 0.1,
                ReferenceRows = 500,
                WarmUp = TimeSpan.Zero,
                Duration = TimeSpan.FromSeconds(1),
            },
            cancellationToken);
        _resends.Add((server, format, result));
        await Console.Error.WriteLineAsync($"Sent again, {server.Name}, {format}: {result.Resent} of {result.Requests}, {(result.Exact ? "exact" : "THE COUNTS ARE WRONG")}");
    }
}
