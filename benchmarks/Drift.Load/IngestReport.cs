using System.Text;

namespace Drift.Load;

/// <summary>The comparison as Markdown.</summary>
internal sealed class IngestReport(
    string machine,
    string loadAtEnd,
    int rounds,
    TimeSpan duration,
    IReadOnlyList<(string Server, long PeakBytes)> peaks,
    IReadOnlyDictionary<(Scenario Scenario, string Server), IReadOnlyList<Measurement>> measurements,
    IReadOnlyList<(string Server, double Rate, LoadResult Result)> halfLoads,
    IReadOnlyList<(string Server, IReadOnlyList<TimeSpan> Delays)> delays,
    IReadOnlyList<(string Server, RowFormat Format, LoadResult Result)> resends)
{
    /// <summary>Whether every load's counts were exact.</summary>
    public bool Exact => measurements.Values.SelectMany(m => m).All(m => m.Result.Exact) && halfLoads.All(h => h.Result.Exact) && resends.All(r => r.Result.Exact);

    public string Markdown => Write();

    private string Write()
    {
        var text = new StringBuilder();
        text.AppendLine("# Ingest").AppendLine();
        text.AppendLine($"Saved by `make bench-ingest SAVE=…`: {rounds} interleaved rounds of {duration.TotalSeconds:0.#} s per server and scenario. The load runs on the same machine.");
        text.AppendLine("How to read the columns: benchmarks/README.md.").AppendLine();
        text.AppendLine(machine);
        text.AppendLine($"    load average when it ended: {loadAtEnd}, this run's own share included").AppendLine();
        if (peaks.All(p => !p.Server.Contains("PostgreSQL", StringComparison.Ordinal)))
            text.AppendLine("PostgreSQL: skipped, no binaries on this machine.").AppendLine();

        foreach (var scenario in Scenario.All)
        {
            text.AppendLine($"## {scenario.Title}").AppendLine();
            text.AppendLine("| server | rows/s | ratio to parse only (rounds) | rows per CPU-second | ratio to parse only (rounds) | p50 | p99 | database CPU | errors |");
            text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
            var walk = measurements[(scenario, IngestBenchmark.Walk)];
            foreach (var (server, _) in peaks)
            {
                var rows = measurements[(scenario, server)];
                var latency = new LatencyHistogram();
                foreach (var row in rows)
                    latency.Add(row.Result.Latency);
                var database = rows.Sum(r => r.DatabaseCpu.TotalSeconds) / rows.Sum(r => r.Cpu.TotalSeconds);
                text.AppendLine(
                    $"| {server} | {rows.Average(PerSecond):N0} | {Ratio(rows, walk, PerSecond)} | {rows.Average(PerCpuSecond):N0} | {Ratio(rows, walk, PerCpuSecond)} "
                    + $"| {latency.Quantile(0.5).TotalMilliseconds:F2} ms | {latency.Quantile(0.99).TotalMilliseconds:F2} ms "
                    + $"| {(database > 0 ? $"{database:P0} of the server's" : "–")} | {rows.Sum(r => r.Result.Errors.Values.Sum())} |");
            }

            text.AppendLine();
        }

        text.AppendLine("Targets (design, section 9, and issue B): ≥ 1.0 for batches, ≥ 0.5 for single rows.").AppendLine();
        text.AppendLine("## Peak memory").AppendLine();
        text.AppendLine("| server | most resident in the whole run |").AppendLine("|---|---:|");
        foreach (var (server, bytes) in peaks)
            text.AppendLine($"| {server} | {bytes / (1024.0 * 1024):F0} MiB |");

        text.AppendLine().AppendLine("## Single batches at half of the maximum throughput (open loop)").AppendLine();
        text.AppendLine("1 000 rows × 10 doubles at fixed times; target: p99 ≤ 20 ms on an idle disk.").AppendLine();
        text.AppendLine("| server | batches/s | p50 | p90 | p99 | max |").AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (server, rate, result) in halfLoads)
            text.AppendLine($"| {server} | {rate:N0} | {result.P50Ms:F2} ms | {result.P90Ms:F2} ms | {result.P99Ms:F2} ms | {result.MaxMs:F2} ms |");

        text.AppendLine().AppendLine("## From the acknowledgement of the first drifted batch until `drift_psi` moves on `/metrics`").AppendLine();
        text.AppendLine("1 000 rows of one column, on models that were evaluated just before; target: ≤ 1 s.").AppendLine();
        text.AppendLine("| server | models | median | longest |").AppendLine("|---|---:|---:|---:|");
        foreach (var (server, each) in delays)
        {
            var sorted = each.Order().ToList();
            text.AppendLine($"| {server} | {sorted.Count} | {sorted[sorted.Count / 2].TotalMilliseconds:F0} ms | {sorted[^1].TotalMilliseconds:F0} ms |");
        }

        text.AppendLine().AppendLine("## 10 % of the batches sent again").AppendLine();
        text.AppendLine("100 rows × (6 numeric + 4 categorical) columns, 4 models, 8 connections.").AppendLine();
        text.AppendLine("| server | format | rows acknowledged | batches sent again | of them counted again | counts |").AppendLine("|---|---|---:|---:|---:|---|");
        foreach (var (server, format, result) in resends)
            text.AppendLine($"| {server} | {format} | {result.RowsAcknowledged:N0} | {result.Resent} | {result.ResentAndCounted} | {(result.Exact ? "exact" : "**wrong**")} |");

        text.AppendLine().AppendLine(Exact
            ? "Every load above was checked: each acknowledged row counts once."
            : "**Not every load's counts are exact.**");
        return text.ToString();
    }

    private static double PerSecond(Measurement m) => m.Result.RowsPerSecond;

    private static double PerCpuSecond(Measurement m) => m.RowsPerCpuSecond;

    private static string Ratio(IReadOnlyList<Measurement> rows, IReadOnlyList<Measurement> walk, Func<Measurement, double> of)
    {
        var each = rows.Zip(walk, (row, reference) => of(row) / of(reference)).ToList();
        return $"{rows.Average(of) / walk.Average(of):F2} ({each.Min():F2}–{each.Max():F2})";
    }
}
