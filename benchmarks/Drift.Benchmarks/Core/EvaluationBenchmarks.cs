using BenchmarkDotNet.Attributes;
using Drift.Core.Detection;
using Drift.Core.Profiles;
using Drift.Simulation;

namespace Drift.Benchmarks.Core;

/// <summary>One verdict over 1 000 features with every statistic: a 5 000-row reference against a 1 000-row window.</summary>
[MemoryDiagnoser]
public class EvaluationBenchmarks
{
    /// <summary>Columns of the table.</summary>
    public const int Features = 1000;

    private Profile? _reference;
    private Profile? _current;

    /// <summary>Numeric: normal columns, 100 bins or more each. Mixed: half of them, a quarter of few values, a quarter categories. Drifted: numeric, all moved by half a σ.</summary>
    [Params("numeric", "mixed", "drifted")]
    public string Columns { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new SplitMix(11);
        _reference = TableOf(0).Reference(5_000, random);
        _current = TableOf(Columns == "drifted" ? 0.5 : 0).Window(_reference.Plan, 1_000, random);
    }

    [Benchmark]
    public Verdict Evaluate() => DriftEvaluator.Evaluate(_reference!, _current!, DetectionSettings.Default, DateTimeOffset.UnixEpoch);

    private Table TableOf(double shift) => new([.. Enumerable.Range(0, Features).Select(i => Column(i, shift))]);

    private ColumnModel Column(int i, double shift) => Columns != "mixed" || i % 2 == 0
        ? ColumnModel.Numeric($"f{i}", r => r.Normal() + shift)
        : i % 4 == 1
            ? ColumnModel.Numeric($"f{i}", r => r.Poisson(2))
            : ColumnModel.Categorical($"f{i}", ColumnModel.Zipf(5 + (i % 40)));
}
