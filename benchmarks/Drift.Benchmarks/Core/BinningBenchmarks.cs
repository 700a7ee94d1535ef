using BenchmarkDotNet.Attributes;
using Drift.Core.Plans;
using Drift.Core.Statistics;
using Drift.Simulation;

namespace Drift.Benchmarks.Core;

/// <summary>One value into 100 edges, the percentiles of its own distribution, so that every bin is hit equally often.</summary>
[MemoryDiagnoser]
public class BinningBenchmarks
{
    // Enough that the processor cannot learn the outcomes of the branches by heart.
    private const int Values = 1 << 17;

    private readonly double[] _values = new double[Values];
    private double[] _edges = [];
    private NumericColumnPlan? _plan;

    /// <summary>What the values are like; skewed spans six orders of magnitude.</summary>
    [Params("uniform", "normal", "lognormal", "skewed")]
    public string Data { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new SplitMix(7);
        var reference = new double[100_000];
        foreach (ref var value in reference.AsSpan())
            value = Draw(random);
        foreach (ref var value in _values.AsSpan())
            value = Draw(random);
        Array.Sort(reference);
        _edges = [.. Enumerable.Range(1, 100).Select(k => Quantiles.Linear(reference, k / 101.0))];
        _plan = new NumericColumnPlan(
            "x", ColumnRole.Feature, ColumnType.Numeric, "x", Measure.Value, new NumericScale(1, 0, 1, 0, 0, 0, 0), _edges, new int[101], new int[101]);
    }

    [Benchmark(OperationsPerInvoke = Values)]
    public int BinOf()
    {
        var plan = _plan!;
        var sum = 0;
        foreach (var value in _values)
            sum += plan.BinOf(value);
        return sum;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Values)]
    public int BinarySearch()
    {
        var edges = _edges;
        var sum = 0;
        foreach (var value in _values)
            sum += EdgeIndex.UpperBound(edges, value);
        return sum;
    }

    private double Draw(SplitMix random) => Data switch
    {
        "uniform" => random.Uniform(),
        "normal" => random.Normal(),
        "lognormal" => Math.Exp(random.Normal()),
        _ => Math.Exp(3 * random.Normal()),
    };
}
