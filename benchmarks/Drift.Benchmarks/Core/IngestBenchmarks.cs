using BenchmarkDotNet.Attributes;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Simulation;

namespace Drift.Benchmarks.Core;

/// <summary>A batch of 1 000 rows × 10 doubles into an encoded delta; figures are per row.</summary>
[MemoryDiagnoser]
public class IngestBenchmarks
{
    private const int Rows = 1000;

    private readonly RowBatch _batch = new();
    private readonly Profiler _profiler = new();
    private readonly DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private Plan? _plan;

    [GlobalSetup]
    public void Setup()
    {
        var random = new SplitMix(13);
        var cells = Enumerable.Range(0, 10).Select(i => _batch.Feature($"f{i}")).ToArray();
        for (var row = 0; row < Rows; row++)
        {
            _batch.AddRow();
            foreach (var column in cells)
                column.SetNumber(row, random.Normal());
        }

        _plan = PlanBuilder.Build(1, _batch, new ModelSettings());
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public byte[] Bin() => _profiler.Bin(_batch, _plan!, _now);
}
