using System.Diagnostics;
using static Drift.Load.MemoryReport;

namespace Drift.Load;

/// <summary>What the host holds: by rows, by models that are active, idle, passivated or only registered; and how fast it is back.</summary>
internal sealed class MemoryBenchmark
{
    private const int Connections = 8;

    // An idle model is evaluated each second instead of each minute here, so that it comes to rest while one waits.
    private static readonly Dictionary<string, string> Soon = new(StringComparer.Ordinal) { ["Drift__Actors__IdleEvaluationInterval"] = "00:00:01" };

    // Nobody asks such a host for the metrics of its models.
    private static readonly Dictionary<string, string> Unscraped = new(StringComparer.Ordinal) { ["Drift__Metrics__Meters__0"] = "System.Runtime" };

    // Three quarters of 1 GB: what .NET gives its heap by itself in a container of that size. Without a limit it takes what the machine has to spare.
    private static readonly Dictionary<string, string> ContainerOf1Gb = new(StringComparer.Ordinal) { ["DOTNET_GCHeapHardLimit"] = "0x2CB41780" };

    private readonly MemoryReport _report;
    private readonly CancellationToken _cancellationToken;

    private MemoryBenchmark(MemoryReport report, CancellationToken cancellationToken) => (_report, _cancellationToken) = (report, cancellationToken);

    /// <summary>What is measured, each on hosts of its own.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["rows", "active", "idle", "registered"];

    /// <param name="rows">Rows of the first part, at least a million.</param>
    /// <param name="models">Registered models of the last part; a hundredth of them is active.</param>
    /// <param name="parts">Which of <see cref="Parts"/>, in their order.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<MemoryReport> RunAsync(long rows, int models, IReadOnlyCollection<string> parts, CancellationToken cancellationToken)
    {
        var benchmark = new MemoryBenchmark(new MemoryReport(Machine.Describe()), cancellationToken);
        foreach (var part in Parts.Where(parts.Contains))
        {
            await (part switch
            {
                "rows" => benchmark.ByRowsAsync(rows),
                "active" => benchmark.ActiveAsync(),
                "idle" => benchmark.IdleAsync(),
                _ => benchmark.RegisteredAsync(models),
            });
        }

        return benchmark._report;
    }

    private async Task ByRowsAsync(long rows)
    {
        _report.Table(
            "By rows", "One model of 10 numeric columns, JSON batches of 5 000 rows. Target: flat (± 5 %) between 1 M and 50 M rows.",
            "| rows ingested | held after a full collection | resident | most resident |");
        await using var server = await MeasuredServer.StartSqliteAsync("by rows");
        var load = new LoadOptions { Url = server.Url, BatchRows = 5000, Connections = Connections, WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(1) };
        long ingested = 0, at = 1_000_000;
        while (ingested < rows)
        {
            ingested += _report.Checked(await LoadGenerator.RunAsync(load with { Run = Guid.NewGuid().ToString("N")[..8] }, _cancellationToken)).RowsAcknowledged;
            if (ingested < at && ingested < rows)
                continue;
            var held = await server.HeldBytesAsync();
            _report.Row($"| {ingested:N0} | {MiB(held)} | {MiB(server.ResidentBytes)} | {MiB(server.PeakBytes)} |");
            while (at <= ingested)
                at *= at.ToString(System.Globalization.CultureInfo.InvariantCulture)[0] == '1' ? 5 : 2;
        }
    }

    private async Task ActiveAsync()
    {
        _report.Table(
            "1 000 models × 20 columns, all active",
            "Batches of 200 rows go to all of them for 30 seconds. Then batches whose rows lie in each of the last 120 minutes, so that every model has the panes of a model that was busy for two hours; then, in a host that was started anew, the first load again. The heap is limited to 750 MB, as .NET limits it by itself in a container of 1 GB. Target: ≤ 1 GB (954 MiB).",
            "| | models in memory | held after a full collection | per model | resident | most resident |");
        await using var server = await MeasuredServer.StartSqliteAsync("active", ContainerOf1Gb);
        var empty = await server.HeldBytesAsync();
        var load = new LoadOptions
        {
            Url = server.Url, Models = 1000, NumericColumns = 20, BatchRows = 200, Connections = Connections, WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(30),
        };
        await LoadAsync("of this minute", load);
        await LoadAsync("of two hours", load with { BatchRows = 1200, History = TimeSpan.FromHours(2), Duration = TimeSpan.FromSeconds(120) });
        var restarts = await RestartAsync(server, "load", 1000);
        await LoadAsync("of this minute, after the restarts", load);
        _report.Note(restarts);

        async Task LoadAsync(string rows, LoadOptions options)
        {
            var result = _report.Checked(await LoadGenerator.RunAsync(options with { Run = Guid.NewGuid().ToString("N")[..8] }, _cancellationToken));
            var (resident, peak) = (server.ResidentBytes, server.PeakBytes);
            var held = await server.HeldBytesAsync();
            _report.Row($"| rows {rows}, {result.RowsPerSecond:N0} rows/s | 1 000 | {MiB(held)} | {KiB((held - empty) / 1000)} | {MiB(resident)} | {MiB(peak)} |");
        }
    }

    private async Task IdleAsync()
    {
        // Nearly all of it is waiting, so both hosts wait together.
        var hosts = await Task.WhenAll(IdleAsync("not scraped", Unscraped), IdleAsync("scraped", []));
        _report.Table(
            "1 000 idle models × 10 columns", "Each has a reference of 1 000 rows and rows in one or two minutes. Target: ≤ 64 KiB idle, none passivated.",
            "| | held after a full collection | per model |");
        foreach (var row in hosts.SelectMany(h => h))
            _report.Row(row);
    }

    private async Task<List<string>> IdleAsync(string title, Dictionary<string, string> settings)
    {
        const int Models = 1000;
        var rows = new List<string>();
        var all = new Dictionary<string, string>(settings.Concat(Soon), StringComparer.Ordinal) { ["Drift__Actors__IdleTimeout"] = "00:05:00" };
        await using var server = await MeasuredServer.StartSqliteAsync("idle", all);
        var load = new LoadOptions
        {
            Url = server.Url, Models = 10, ModelName = "before", BatchRows = 100, Connections = Connections, WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(2),
        };
        _report.Checked(await LoadGenerator.RunAsync(load, _cancellationToken));
        var empty = await server.HeldBytesAsync();
        _report.Checked(await LoadGenerator.RunAsync(load with { Models = Models, ModelName = "idle", Duration = TimeSpan.FromSeconds(10) }, _cancellationToken));
        var ended = Stopwatch.GetTimestamp();
        Row("right after the load", await server.HeldBytesAsync());
        // Plans that no batch came for leave after two to three minutes.
        await Task.Delay(TimeSpan.FromSeconds(200) - Stopwatch.GetElapsedTime(ended), _cancellationToken);
        Row("idle", await server.HeldBytesAsync());
        await Task.Delay(TimeSpan.FromSeconds(345) - Stopwatch.GetElapsedTime(ended), _cancellationToken);
        // The first collection's scrape also lets the series of the models go.
        await server.HeldBytesAsync();
        Row("passivated", await server.HeldBytesAsync());
        return rows;

        void Row(string when, long held) => rows.Add($"| {title}: {when} | {MiB(held)} | {KiB((held - empty) / Models)} |");
    }

    private async Task RegisteredAsync(int models)
    {
        var active = Math.Max(1, models / 100);
        _report.Table(
            $"{models:N0} registered models", $"{active:N0} of them get rows. Target: it starts and serves.",
            "| | held after a full collection | resident | most resident |");
        await using var server = await MeasuredServer.StartSqliteAsync("registered", new Dictionary<string, string>(StringComparer.Ordinal) { ["Drift__Actors__IdleTimeout"] = "00:00:05" });
        var begun = Stopwatch.GetTimestamp();
        using (var client = new HttpClient { BaseAddress = server.Url })
        {
            await Parallel.ForAsync(0, models, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = _cancellationToken }, async (i, token) =>
            {
                using var answer = await client.PutAsJsonAsync($"v1/models/load-{i}", new { reference = new { mode = "first", rows = 1000 } }, token);
                answer.EnsureSuccessStatusCode();
            });
        }

        var registered = Stopwatch.GetElapsedTime(begun);
        // They leave memory when nobody has called them for the idle time.
        await Task.Delay(TimeSpan.FromSeconds(15), _cancellationToken);
        await RowAsync($"registered in {registered.TotalSeconds:N0} s, passivated");
        var load = new LoadOptions
        {
            Url = server.Url, Models = active, BatchRows = 200, ReferenceRows = 0, Connections = Connections, WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(30),
        };
        var result = _report.Checked(await LoadGenerator.RunAsync(load, _cancellationToken));
        await RowAsync($"{active:N0} active, {result.RowsPerSecond:N0} rows/s, p99 {result.P99Ms:N1} ms");
        using (var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(5) })
        {
            foreach (var path in (string[])["v1/models", "drift/summary"])
            {
                begun = Stopwatch.GetTimestamp();
                var bytes = (await client.GetByteArrayAsync(path, _cancellationToken)).Length;
                var elapsed = Stopwatch.GetElapsedTime(begun);
                await RowAsync($"after GET /{path}: {MiB(bytes)} in {elapsed.TotalSeconds:N2} s");
            }
        }

        var restarts = await RestartAsync(server, "load", models);
        await RowAsync("after the restarts");
        _report.Note(restarts);

        async Task RowAsync(string when)
        {
            var held = await server.HeldBytesAsync();
            _report.Row($"| {when} | {MiB(held)} | {MiB(server.ResidentBytes)} | {MiB(server.PeakBytes)} |");
        }
    }

    private async Task<string> RestartAsync(MeasuredServer server, string model, int models)
    {
        var one = Bodies.CreateOne(new LoadOptions { Url = server.Url, NumericColumns = 10 }, 1, new Simulation.SplitMix(1));
        HttpRequestMessage Row() => new(HttpMethod.Post, $"v1/models/{model}-0/predictions") { Content = new ByteArrayContent(one) { Headers = { ContentType = new("application/json") } } };
        var orderly = await server.RestartAsync(kill: false, Row);
        var killed = await server.RestartAsync(kill: true, Row);
        return
            $"Restart with {models:N0} models, from the start of the process to the first 2xx of a row: {orderly.TotalSeconds:N2} s after an orderly end, {killed.TotalSeconds:N2} s after SIGKILL. "
            + "Target: ≤ 5 s with 1 000.";
    }
}
