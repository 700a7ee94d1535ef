using System.Globalization;
using System.Text;
using Drift.Support;

namespace Drift.Load;

/// <summary>The latency of a quiet model alone and beside a flood on another model, by turns on one host.</summary>
internal static class FairnessBenchmark
{
    private const int FloodConnections = 64;
    private const int FloodRows = 1000;

    public static async Task<string> RunAsync(int rounds, TimeSpan duration, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.AppendLine("# Fairness").AppendLine();
        text.AppendLine(
            $"Saved by `make bench-fairness SAVE=…`: a quiet model gets batches at fixed times, alone and beside a flood of {FloodConnections} connections that send batches of "
            + $"{FloodRows} rows × 10 doubles to another model as fast as they are answered; by turns, {rounds} rounds of {duration.TotalSeconds:0.#} s each. All on one machine, the flood from a process of its own.").AppendLine();
        text.AppendLine(Machine.Describe()).AppendLine();
        text.AppendLine("| quiet model | p50 alone | beside | ratio | p99 alone | beside | ratio | rows/s of the flood |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        await using var server = await MeasuredServer.StartSqliteAsync("ours, SQLite");
        foreach (var (rows, rate) in ((int, double)[])[(1, 20), (100, 20), (1000, 10)])
        {
            var (alone, beside) = (new LatencyHistogram(), new LatencyHistogram());
            long floodRows = 0;
            for (var round = 0; round < rounds; round++)
            {
                alone.Add((await QuietAsync(server, rows, rate, duration, cancellationToken)).Latency);
                var before = await RowsAsync(server, cancellationToken);
                await using (await FloodAsync(server, duration))
                {
                    await Eventually.Async(async () => await RowsAsync(server, cancellationToken) > before, TimeSpan.FromSeconds(30), "the flood has begun");
                    before = await RowsAsync(server, cancellationToken);
                    beside.Add((await QuietAsync(server, rows, rate, duration, cancellationToken)).Latency);
                    floodRows += await RowsAsync(server, cancellationToken) - before;
                }
            }

            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {rows} rows, {rate:0}/s | {Columns(alone, beside, 0.5)} | {Columns(alone, beside, 0.99)} | {floodRows / (rounds * (duration.TotalSeconds + 1)):N0} |");
            await Console.Error.WriteLineAsync(line);
            text.AppendLine(line);
        }

        return text.ToString();
    }

    private static string Columns(LatencyHistogram alone, LatencyHistogram beside, double quantile)
    {
        double before = alone.Quantile(quantile).TotalMilliseconds, after = beside.Quantile(quantile).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture, $"{before:F2} ms | {after:F2} ms | {after / before:F2}");
    }

    private static Task<LoadResult> QuietAsync(MeasuredServer server, int rows, double rate, TimeSpan duration, CancellationToken cancellationToken) =>
        LoadGenerator.RunAsync(
            new LoadOptions
            {
                Url = server.Url,
                ModelName = $"quiet-{rows}",
                // So many that a slow answer does not make the next one late.
                Connections = 16,
                Rate = rate,
                BatchRows = rows,
                WarmUp = TimeSpan.FromSeconds(1),
                Duration = duration,
            },
            cancellationToken);

    // Longer than what is measured beside it; it is ended with its guard.
    private static Task<GuardedProcess> FloodAsync(MeasuredServer server, TimeSpan duration) => GuardedProcess.StartAsync(
        [
            MeasuredServer.DotNet, Path.Combine(AppContext.BaseDirectory, "Drift.Load.dll"), "run", "--url", server.Url.OriginalString, "--model", "flood",
            "--connections", FloodConnections.ToString(CultureInfo.InvariantCulture), "--batch", FloodRows.ToString(CultureInfo.InvariantCulture),
            "--warm-up", "0", "--seconds", (duration.TotalSeconds + 60).ToString(CultureInfo.InvariantCulture),
        ],
        Path.Combine(Path.GetTempPath(), $"drift-flood-{Environment.ProcessId}.log"));

    private static async Task<long> RowsAsync(MeasuredServer server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = server.Url };
        using var answer = await client.GetAsync("v1/models/flood-0", cancellationToken);
        return answer.IsSuccessStatusCode
            ? (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(cancellationToken)).GetProperty("rows").GetInt64()
            : 0;
    }
}
