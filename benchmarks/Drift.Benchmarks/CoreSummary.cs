using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;
using Drift.Benchmarks.Core;

namespace Drift.Benchmarks;

/// <summary>The figures of Core and of its row reader, beside the targets of those that have one.</summary>
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

        foreach (var (method, what) in new[] { (nameof(IngestBenchmarks.Read), "reading a row of JSON"), (nameof(IngestBenchmarks.Bin), "binning it, with the batch's delta") })
        {
            foreach (var report in Reports(summaries, typeof(IngestBenchmarks), method))
            {
                var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
                var perRow = report.Metrics.TryGetValue("Allocated Memory", out var metric) ? metric.Value : bytes ?? double.NaN;
                text.Append(CultureInfo.InvariantCulture, $"| bytes allocated by {what}, 1 000 rows, {report.BenchmarkCase.Parameters["Columns"]} | {perRow:F1} B | – | 0 B |\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(Type Type, string Method, string What, string Unit, double Divisor, string Target)> Figures() =>
    [
        (typeof(BinningBenchmarks), nameof(BinningBenchmarks.BinOf), "ns per binned value, 100 edges", "ns", 1, "≤ 5 ns"),
        (typeof(BinningBenchmarks), nameof(BinningBenchmarks.BinarySearch), "the same by binary search", "ns", 1, "–"),
        (typeof(EvaluationBenchmarks), nameof(EvaluationBenchmarks.Evaluate), "µs per evaluation of 1 000 features", "µs", 1000, "≤ 2 000 µs"),
        (typeof(IngestBenchmarks), nameof(IngestBenchmarks.Read), "ns per row of a JSON body read into a batch, 1 000 rows", "ns", 1, "–"),
        (typeof(IngestBenchmarks), nameof(IngestBenchmarks.Bin), "ns per row of a batch binned into a delta, 1 000 rows", "ns", 1, "–"),
        (typeof(ProfileBenchmarks), nameof(ProfileBenchmarks.Merge), "µs per merge of a profile, 10 columns", "µs", 1000, "–"),
        (typeof(ProfileBenchmarks), nameof(ProfileBenchmarks.Encode), "µs per encoding of it", "µs", 1000, "–"),
        (typeof(ProfileBenchmarks), nameof(ProfileBenchmarks.Decode), "µs per decoding of it", "µs", 1000, "–"),
    ];

    private static IEnumerable<BenchmarkReport> Reports(IReadOnlyList<Summary> summaries, Type type, string method) =>
        summaries.SelectMany(s => s.Reports).Where(r => r.Success && r.ResultStatistics is not null &&
            r.BenchmarkCase.Descriptor.Type == type && r.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
}
