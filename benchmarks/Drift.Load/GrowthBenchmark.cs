using System.Text;

namespace Drift.Load;

/// <summary>What a row costs as columns, batches and models grow: one host per point, so that no point pays for another.</summary>
internal static class GrowthBenchmark
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WarmingLoad = TimeSpan.FromSeconds(4);

    private static readonly (string Title, string Note, IReadOnlyList<LoadOptions> Points, Func<LoadOptions, int> Value)[] Axes =
    [
        ("Columns", "One model, 1 000 rows a batch.", [.. new[] { 1, 10, 100, 1000 }.Select(n => Base with { NumericColumns = n })], o => o.NumericColumns),
        ("Batch size", "One model, 10 columns.", [.. new[] { 1, 10, 100, 1000, 10_000, 100_000 }.Select(n => Base with { BatchRows = n })], o => o.BatchRows),
        ("Models", "10 columns, 1 000 rows a batch; batches go to the models at random.", [.. new[] { 1, 10, 100, 1000, 10_000 }.Select(n => Base with { Models = n })], o => o.Models),
    ];

    private static LoadOptions Base => new() { Url = new Uri("http://127.0.0.1"), Connections = 8, WarmUp = TimeSpan.FromSeconds(1) };

    public static async Task<(string Markdown, bool Exact)> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.AppendLine("# Cost growth").AppendLine();
        text.AppendLine($"Saved by `make bench-growth SAVE=…`: {duration.TotalSeconds:0.#} s per point, JSON, 8 connections, the Release host on a new SQLite file for each point. The load runs on the same machine.");
        text.AppendLine("How to read the columns: benchmarks/README.md.").AppendLine();
        text.AppendLine(Machine.Describe());
        var exact = true;
        foreach (var (title, note, points, value) in Axes)
        {
            text.AppendLine().AppendLine($"## {title}").AppendLine().AppendLine(note).AppendLine();
            text.AppendLine($"| {title.ToLowerInvariant()} | rows/s | values/s | CPU per row | CPU per value | batches/s | p50 | p99 | most resident | errors |");
            text.AppendLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            foreach (var point in points)
            {
                await using var server = await MeasuredServer.StartSqliteAsync("growth");
                var load = point with { Url = server.Url, Duration = duration };
                // The references are sent first and do not count.
                await LoadGenerator.RunAsync(load with { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(100), Run = "first" }, cancellationToken);
                await WarmUp.RunAsync($"{title}, {value(point):N0}", WarmingLoad, async length =>
                    1e9 / (await MeasureAsync(server, load with { Duration = length }, cancellationToken)).NanosecondsPerRow);
                var (result, nanoseconds) = await MeasureAsync(server, load, cancellationToken);
                exact &= result.Exact;
                var row = $"| {value(point):N0} | {result.RowsPerSecond:N0} | {result.RowsPerSecond * point.NumericColumns:N0} "
                    + $"| {nanoseconds / 1e3:N2} µs | {nanoseconds / point.NumericColumns:N0} ns "
                    + $"| {result.RequestsPerSecond:N0} | {result.P50Ms:N2} ms | {result.P99Ms:N2} ms | {MemoryReport.MiB(server.PeakBytes)} | {(result.Errors.Count == 0 ? "0" : string.Join(", ", result.Errors.Select(e => $"{e.Value} × {e.Key}")))} |";
                text.AppendLine(row);
                await Console.Error.WriteLineAsync($"{title}: {row}");
            }
        }

        return (text.ToString(), exact);
    }

    private static async Task<(LoadResult Result, double NanosecondsPerRow)> MeasureAsync(MeasuredServer server, LoadOptions load, CancellationToken cancellationToken)
    {
        await Task.Delay(Settle, cancellationToken);
        var cpu = server.Cpu;
        var result = await LoadGenerator.RunAsync(load, cancellationToken);
        await Task.Delay(Settle, cancellationToken);
        // Not as a time: that has whole tenths of a microsecond.
        return (result, (server.Cpu - cpu).TotalNanoseconds / result.RowsAcknowledged);
    }
}
