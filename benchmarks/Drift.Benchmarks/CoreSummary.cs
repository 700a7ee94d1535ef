using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;
using Drift.Benchmarks.Core;

namespace Drift.Benchmarks;

/// <summary>The three figures of Core that have targets, beside them.</summary>
internal static class CoreSummary
{
    public static string Markdown(IReadOnlyList<Summary> summaries)
    {
        var text = new StringBuilder("| what | median | fastest | target |\n|---|---:|---:|---:|\n");
        foreach (var (type, method, what, unit, divisor, target) in Figures())
        {
            foreach (var report in Reports(summaries, type, method))
            {
                var of = report.BenchmarkCase.Parameters.PrintInfo;
                var name = of.Length == 0 ? what : $"{what}, {of[(of.IndexOf('=', StringComparison.Ordinal) + 1)..]}";
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {report.ResultStatistics!.Median / divisor:F2} {unit} | {report.ResultStatistics.Min / divisor:F2} {unit} | {target} |\n");
            }
        }

        foreach (var report in Reports(summaries, typeof(IngestBenchmarks), nameof(IngestBenchmarks.Bin)))
        {
            var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
            var perBatch = report.Metrics.TryGetValue("Allocated Memory", out var metric) ? metric.Value : bytes ?? double.NaN;
            text.Append(CultureInfo.InvariantCulture, $"| bytes allocated per row, 1 000 rows × 10 doubles into a delta | {perBatch:F1} B | – | 0 B |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(Type Type, string Method, string What, string Unit, double Divisor, string Target)> Figures() =>
    [
        (typeof(BinningBenchmarks), nameof(BinningBenchmarks.BinOf), "ns per binned value, 100 edges", "ns", 1, "≤ 5 ns"),
        (typeof(BinningBenchmarks), nameof(BinningBenchmarks.BinarySearch), "the same by binary search", "ns", 1, "–"),
        (typeof(EvaluationBenchmarks), nameof(EvaluationBenchmarks.Evaluate), "µs per evaluation of 1 000 features", "µs", 1000, "≤ 2 000 µs"),
        (typeof(IngestBenchmarks), nameof(IngestBenchmarks.Bin), "ns per row, 1 000 rows × 10 doubles into a delta", "ns", 1, "–"),
        (typeof(ProfileBenchmarks), nameof(ProfileBenchmarks.Merge), "µs per merge of a profile, 10 columns", "µs", 1000, "–"),
        (typeof(ProfileBenchmarks), nameof(ProfileBenchmarks.Encode), "µs per encoding of it", "µs", 1000, "–"),
        (typeof(ProfileBenchmarks), nameof(ProfileBenchmarks.Decode), "µs per decoding of it", "µs", 1000, "–"),
    ];

    private static IEnumerable<BenchmarkReport> Reports(IReadOnlyList<Summary> summaries, Type type, string method) =>
        summaries.SelectMany(s => s.Reports).Where(r => r.Success && r.ResultStatistics is not null &&
            r.BenchmarkCase.Descriptor.Type == type && r.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
}
