using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Drift.Actors;
using Drift.Actors.Instruments;
using Drift.Api.Ingest;
using Drift.Api.Ingest.Streaming;
using Drift.Api.Observability;
using Drift.Api.Rows;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Telemetry.Exposition;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Ingest;

/// <summary>
/// What a batch allocates on its way from the body's bytes to its delta must not depend on how many rows it has. Bytes are counted,
/// not time, so the test says the same on every machine.
/// </summary>
public sealed class AllocationTests
{
    private const int Small = 1_000;
    private const int Large = 10_000;
    private const int Batches = 5;

    private static readonly RowReaderLimits Limits = new();
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("json", false)]
    [InlineData("json", true)]
    [InlineData("ndjson", false)]
    [InlineData("ndjson", true)]
    [InlineData("columns", false)]
    [InlineData("columns", true)]
    [InlineData("csv", false)]
    [InlineData("csv", true)]
    public void A_row_of_a_warm_batch_allocates_nothing(string shape, bool mixed)
    {
        var small = Body(shape, mixed, Small);
        var large = Body(shape, mixed, Large);
        var format = shape switch { "csv" => RowFormat.Csv, "ndjson" => RowFormat.Ndjson, _ => RowFormat.Json };
        var batch = new RowBatch();
        var profiler = new Profiler();
        Read(format, large, batch);
        var plan = PlanBuilder.Build(1, batch, new ModelSettings { Task = mixed ? ModelTask.Binary : ModelTask.None });

        // The large ones first: warm means that there was such a batch before.
        var perLarge = Measure(format, large, batch, profiler, plan);
        var perSmall = Measure(format, small, batch, profiler, plan);

        var perRow = (perLarge - perSmall) / (Large - Small);
        Assert.True(perRow < 0.1, $"{perRow:F3} bytes a row: {perSmall:F0} for a batch of {Small}, {perLarge:F0} for one of {Large}.");
        Assert.InRange(perSmall, 0, 16 * 1024);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("ndjson")]
    [InlineData("columns")]
    [InlineData("csv")]
    public void A_row_with_adapter_latency_tokens_and_cache_allocates_nothing_either(string shape)
    {
        var format = shape switch { "csv" => RowFormat.Csv, "ndjson" => RowFormat.Ndjson, _ => RowFormat.Json };
        var (small, large) = (Served(shape, Small), Served(shape, Large));
        var batch = new RowBatch();
        var profiler = new Profiler();
        Read(format, large, batch);
        Assert.Equal(3, Enumerable.Range(0, batch.Count).Select(row => batch.Serving.Adapter.Text(row)).Distinct().Count());
        var plan = PlanBuilder.Build(1, batch, new ModelSettings { Task = ModelTask.None });

        var perLarge = Measure(format, large, batch, profiler, plan);
        var perSmall = Measure(format, small, batch, profiler, plan);

        var perRow = (perLarge - perSmall) / (Large - Small);
        Assert.True(perRow < 0.1, $"{perRow:F3} bytes a row: {perSmall:F0} for a batch of {Small}, {perLarge:F0} for one of {Large}.");
    }

    [Fact]
    public void Counting_how_rows_were_served_allocates_nothing_per_row()
    {
        var (small, large) = (new RowBatch(), new RowBatch());
        Read(RowFormat.Json, Served("json", Small), small);
        Read(RowFormat.Json, Served("json", Large), large);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var registry = new MetricRegistry(new MetricRegistryOptions());
        var instruments = new ServingInstruments(services.GetRequiredService<IMeterFactory>(), TimeProvider.System, Microsoft.Extensions.Options.Options.Create(new ModelInstrumentsOptions()));
        var model = ModelId.Create("default", "chat");

        // The least of ten goes, as shared pools give back memory when they like, on a busy machine often.
        var perLarge = Enumerable.Range(0, 10).Min(_ => Serve(large));
        var perSmall = Enumerable.Range(0, 10).Min(_ => Serve(small));

        Assert.True(perLarge - perSmall < 0.1 * Batches * (Large - Small), $"{perSmall} bytes for {Batches} batches of {Small}, {perLarge} for those of {Large}.");

        long Serve(RowBatch rows)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Batches; i++)
                instruments.Served(model, new ArrivedRows(rows, DateTimeOffset.UnixEpoch));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    public void A_row_of_a_stream_is_cut_and_read_without_allocating(string shape)
    {
        var format = shape == "csv" ? RowFormat.Csv : RowFormat.Ndjson;
        var batch = new RowBatch();
        Stream(Large);
        Stream(Small);
        // The least of three goes, as shared pools give back memory when they like.
        var perLarge = Enumerable.Range(0, 3).Min(_ => Stream(Large));
        var perSmall = Enumerable.Range(0, 3).Min(_ => Stream(Small));

        var perRow = (perLarge - perSmall) / (double)(Batches * (Large - Small));
        Assert.True(perRow < 0.1, $"{perRow:F3} bytes a row: {perSmall} for chunks of {Small}, {perLarge} for chunks of {Large}.");

        long Stream(int rows)
        {
            var text = Body(shape, mixed: true, Batches * rows);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            using var chunker = new RowChunker(
                BodySource.Of(BodyEncoding.Identity, PipeReader.Create(text)), format, new ChunkLimits(rows, int.MaxValue, 100_000));
            var chunks = 0;
            while (Next(chunker) is { } chunk)
            {
                using (chunk)
                    Read(format, chunk.Body.Bytes, batch);
                Assert.Equal(rows, batch.Count);
                chunks++;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.Equal(Batches, chunks);
            return allocated;
        }

        // The body is there: nothing is waited for, and all of it is on this thread.
        static RowChunk? Next(RowChunker chunker)
        {
            var next = chunker.NextAsync(CancellationToken.None);
            Assert.True(next.IsCompletedSuccessfully);
            return next.GetAwaiter().GetResult();
        }
    }

    [Fact]
    public void Batches_of_models_with_other_columns_take_over_the_memory_of_earlier_ones()
    {
        var bodies = Enumerable.Range(0, 5)
            .Select(model => new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(
                $"{{\"rows\":[{string.Join(',', Enumerable.Repeat($"{{\"features\":{{{string.Join(',', Enumerable.Range(0, 20).Select(i => $"\"m{model}f{i}\":1"))}}}}}", 2_000))}]}}")))
            .ToArray();
        var batch = new RowBatch();
        for (var i = 0; i < 30; i++)
            Read(RowFormat.Json, bodies[i % bodies.Length], batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 30; i++)
            Read(RowFormat.Json, bodies[i % bodies.Length], batch);

        // Names and the objects of columns, but not their 26 000 bytes of cells.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 30.0 / 20, 0, 500);
    }

    /// <summary>Bytes that a batch allocates beside its delta; the least of three goes, as shared pools give back memory when they like.</summary>
    private static double Measure(RowFormat format, ReadOnlySequence<byte> body, RowBatch batch, Profiler profiler, Plan plan) =>
        Enumerable.Range(0, 3).Min(_ => MeasureOnce(format, body, batch, profiler, plan));

    private static double MeasureOnce(RowFormat format, ReadOnlySequence<byte> body, RowBatch batch, Profiler profiler, Plan plan)
    {
        long deltas = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Batches; i++)
        {
            Read(format, body, batch);
            deltas += profiler.Bin(batch, plan, Now).Length;
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before - deltas) / (double)Batches;
    }

    private static void Read(RowFormat format, ReadOnlySequence<byte> body, RowBatch batch)
    {
        var result = RowReaders.Read(format, body, batch, Limits, "predictions");
        if (!result.Succeeded)
            Assert.Fail(result.Faults[0].Message);
    }

    private static ReadOnlySequence<byte> Body(string shape, bool mixed, int count)
    {
        var random = new Random(5);
        string[] names = mixed
            ? [.. Enumerable.Range(0, 5).Select(i => $"f{i}"), "c0", "c1", "c2", "prediction", "score", "label"]
            : [.. Enumerable.Range(0, 10).Select(i => $"f{i}")];
        var rows = Enumerable.Range(0, count).Select(_ => names.Select(name => name[0] switch
        {
            'c' => $"value {random.Next(40)}",
            'p' or 'l' => random.Next(2).ToString(CultureInfo.InvariantCulture),
            _ => random.NextDouble().ToString("F6", CultureInfo.InvariantCulture),
        }).ToArray()).ToArray();
        var text = shape switch
        {
            "csv" => string.Join('\n', rows.Select(r => string.Join(',', r)).Prepend(string.Join(',', names))),
            "columns" => $"{{\"columns\":{Row(names, [.. names.Select((n, i) => $"[{string.Join(',', rows.Select(r => Quoted(n, r[i])))}]")])}}}",
            "ndjson" => string.Join('\n', rows.Select(r => Row(names, [.. names.Select((n, i) => Quoted(n, r[i]))]))),
            _ => $"{{\"rows\":[{string.Join(',', rows.Select(r => Row(names, [.. names.Select((n, i) => Quoted(n, r[i]))])))}]}}",
        };
        return new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Rows of three adapters in turn.</summary>
    private static ReadOnlySequence<byte> Served(string shape, int count)
    {
        var text = shape switch
        {
            "csv" => "x,adapter,latency_ms,tokens.prompt,tokens.completion,cache\n" + Joined("\n", i => $"{i % 10},v{i % 3},{i % 100}.5,{i % 50},{i % 7},{(i % 2 == 0 ? "hit" : "miss")}"),
            "columns" => $"{{\"columns\":{{\"features\":{{\"x\":[{Joined(",", i => $"{i % 10}")}]}},\"adapter\":[{Joined(",", i => $"\"v{i % 3}\"")}],\"latency_ms\":[{Joined(",", i => $"{i % 100}.5")}],"
                + $"\"tokens\":{{\"prompt\":[{Joined(",", i => $"{i % 50}")}],\"completion\":[{Joined(",", i => $"{i % 7}")}]}},\"cache\":[{Joined(",", i => i % 2 == 0 ? "\"hit\"" : "\"miss\"")}]}}}}",
            "ndjson" => Joined("\n", Json),
            _ => $"{{\"rows\":[{Joined(",", Json)}]}}",
        };
        return new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text));

        string Joined(string separator, Func<int, string> row) => string.Join(separator, Enumerable.Range(0, count).Select(row));

        static string Json(int i) => $"{{\"features\":{{\"x\":{i % 10}}},\"adapter\":\"v{i % 3}\",\"latency_ms\":{i % 100}.5,\"tokens\":{{\"prompt\":{i % 50},\"completion\":{i % 7}}},\"cache\":\"{(i % 2 == 0 ? "hit" : "miss")}\"}}";
    }

    private static string Quoted(string name, string value) => name[0] == 'c' ? $"\"{value}\"" : value;

    private static string Row(string[] names, string[] values)
    {
        var fields = names.Zip(values, (n, v) => (Name: n, Text: $"\"{n}\":{v}")).ToLookup(f => f.Name.Length == 2, f => f.Text);
        return $"{{{string.Join(',', fields[false].Prepend($"\"features\":{{{string.Join(',', fields[true])}}}"))}}}";
    }
}
