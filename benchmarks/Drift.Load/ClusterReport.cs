using System.Text;

namespace Drift.Load;

/// <summary>The comparison of clusters with one process, as Markdown.</summary>
internal sealed class ClusterReport(
    string machine, string loadAtEnd, int rounds, TimeSpan duration, IReadOnlyList<(string Name, int Servers, IReadOnlyList<Measurement> Parts)> topologies)
{
    public const string OneProcess = "one process";

    /// <summary>Whether every load's counts were exact.</summary>
    public bool Exact => topologies.SelectMany(t => t.Parts).All(p => p.Result.Exact);

    public string Markdown
    {
        get
        {
            var text = new StringBuilder();
            text.AppendLine("# Cluster").AppendLine();
            text.AppendLine($"Saved by `make bench-cluster SAVE=…`: {rounds} interleaved rounds of {duration.TotalSeconds:0.#} s, batches of 1 000 rows × 10 doubles, 12 connections and 6 models per server, all warm.");
            text.AppendLine("All on PostgreSQL. The load, the database and all silos share the machine, so rows per CPU-second of the silos count, and rows/s do not grow with silos.").AppendLine();
            text.AppendLine(machine);
            text.AppendLine($"    load average when it ended: {loadAtEnd}, this run's own share included").AppendLine();
            text.AppendLine("| what | rows/s | rows per CPU-second | ratio to one process (rounds) | p50 | p99 | errors |");
            text.AppendLine("|---|---:|---:|---:|---:|---:|---:|");
            var basis = PerRound(topologies[0]);
            foreach (var topology in topologies)
            {
                var each = PerRound(topology);
                var ratios = each.Zip(basis, (a, b) => a / b).ToList();
                var latency = new LatencyHistogram();
                foreach (var part in topology.Parts)
                    latency.Add(part.Result.Latency);
                text.AppendLine(
                    $"| {topology.Name} | {topology.Parts.Sum(p => p.Result.RowsPerSecond) / rounds:N0} | {each.Average():N0} | {each.Average() / basis.Average():F2} ({ratios.Min():F2}–{ratios.Max():F2}) "
                    + $"| {latency.Quantile(0.5).TotalMilliseconds:F1} ms | {latency.Quantile(0.99).TotalMilliseconds:F1} ms | {topology.Parts.Sum(p => p.Result.Errors.Values.Sum())} |");
            }

            text.AppendLine().AppendLine("Targets (issue C): ≥ 0.8 of one process with 1 silo, and flat within 15 % from 1 to 3.").AppendLine();
            text.AppendLine(Exact ? "Every load above was checked: each acknowledged row counts once." : "**Not every load's counts are exact.**");
            return text.ToString();
        }
    }

    private static List<double> PerRound((string Name, int Servers, IReadOnlyList<Measurement> Parts) topology) =>
        [.. topology.Parts.Chunk(topology.Servers).Select(round => round.Sum(p => p.RowsInAll) / round[0].Cpu.TotalSeconds)];
}
