using System.Buffers;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Drift.Api.Rows;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Simulation;

namespace Drift.Benchmarks.Core;

/// <summary>A JSON body of 1 000 rows into a batch, and the batch into an encoded delta; figures are per row.</summary>
[MemoryDiagnoser]
public class IngestBenchmarks
{
    private const int Rows = 1000;

    private static readonly RowReaderLimits Limits = new();

    private readonly RowBatch _batch = new();
    private readonly RowBatch _read = new();
    private readonly Profiler _profiler = new();
    private readonly DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private ReadOnlySequence<byte> _body;
    private Plan? _plan;

    /// <summary>Doubles: ten numeric features. Mixed: five of them, three categorical ones, prediction, score and label.</summary>
    [Params("10 doubles", "mixed")]
    public string Columns { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _body = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Columns == "mixed" ? Mixed() : Doubles()));
        if (!RowReaders.Read(RowFormat.Json, _body, _batch, Limits, "predictions").Succeeded)
            throw new InvalidOperationException("The benchmark's own body cannot be read.");
        _plan = PlanBuilder.Build(1, _batch, new ModelSettings());
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int Read()
    {
        RowReaders.Read(RowFormat.Json, _body, _read, Limits, "predictions");
        return _read.Count;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public byte[] Bin() => _profiler.Bin(_batch, _plan!, _now);

    private static string Doubles()
    {
        var random = new SplitMix(13);
        return Body(_ => string.Create(CultureInfo.InvariantCulture, $"{{\"features\":{{{Features(10, random)}}}}}"));
    }

    private static string Mixed()
    {
        var random = new SplitMix(13);
        return Body(row =>
        {
            var score = random.Uniform();
            var categories = string.Join(',', Enumerable.Range(0, 3).Select(i => $"\"c{i}\":\"value-{(int)(random.Uniform() * 10)}\""));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"features\":{{{Features(5, random)},{categories}}},\"prediction\":{(score > 0.5 ? 1 : 0)},\"score\":{score:F6},\"label\":{(random.Uniform() < score ? 1 : 0)}}}");
        });
    }

    private static string Features(int count, SplitMix random) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"f{i}\":{random.Normal():F6}")));

    private static string Body(Func<int, string> row) => $"{{\"rows\":[{string.Join(',', Enumerable.Range(0, Rows).Select(row))}]}}";
}
