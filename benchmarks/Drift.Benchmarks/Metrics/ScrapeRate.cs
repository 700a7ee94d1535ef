using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Drift.Actors;
using Drift.Actors.Instruments;
using Drift.Core.Detection;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Quality;
using Drift.Telemetry.Exposition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Benchmarks.Metrics;

/// <summary>
/// What a scrape of <c>/metrics</c> costs: models × features × three windows, with default caps, written to a buffer as the endpoint
/// writes it. Between two scrapes every model is evaluated again, so that nothing can be kept from the scrape before.
/// </summary>
internal static class ScrapeRate
{
    private const int Scrapes = 30;

    private static readonly string[] Windows = ["1h", "24h", "7d"];

    /// <summary>Measures and prints a table.</summary>
    public static void Run()
    {
        Console.WriteLine("| models | features | series | MB | median ms | fastest ms | CPU ms | allocated per scrape | per series |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (models, features) in ((int, int)[])[(10, 10), (100, 20), (1_000, 10), (1_000, 100)])
            Measure(models, features);
    }

    private static void Measure(int models, int features)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var registry = new MetricRegistry(new MetricRegistryOptions { Meters = [ModelInstruments.MeterName] });
        using var instruments = new ModelInstruments(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), Options.Create(new ModelInstrumentsOptions()));
        var output = new ArrayBufferWriter<byte>(64 << 20);
        var times = new List<double>();
        var allocated = 0L;
        var processor = TimeSpan.Zero;
        for (var scrape = -5; scrape < Scrapes; scrape++)
        {
            for (var model = 0; model < models; model++)
                Evaluate(instruments, ModelId.Create("default", string.Create(CultureInfo.InvariantCulture, $"model-{model}")), features, seed: (scrape * models) + model);
            output.ResetWrittenCount();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var used = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            registry.Write(output, ExpositionFormat.OpenMetrics);
            if (scrape < 0)
                continue;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            processor += Environment.CpuUsage.TotalTime - used;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        times.Sort();
        var series = Series(output.WrittenSpan);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {models} | {features} | {series} | {output.WrittenCount / 1e6:0.0} | {times[times.Count / 2]:0.0} | {times[0]:0.0} | {processor.TotalMilliseconds / Scrapes:0.0} | {allocated / (double)Scrapes / 1024:0} KiB | {allocated / (double)Scrapes / series:0} B |"));
    }

    private static void Evaluate(ModelInstruments instruments, ModelId model, int features, int seed)
    {
        var random = new Random(seed);
        var columns = new ColumnVerdict[features];
        for (var i = 0; i < features; i++)
            columns[i] = new ColumnVerdict { Name = $"feature_{i}", Psi = random.NextDouble(), QValue = random.NextDouble(), Drifted = i == 0 };
        instruments.Publish(model, new ModelGauges(
            [.. Windows.Select(w => new Verdict
            {
                Model = model.ToString(), Window = w, Rows = random.Next(), Kl = random.NextDouble(), Psi = random.NextDouble(), Js = random.NextDouble(),
                CombinedScore = random.NextDouble(), ReferenceAccuracy = 0.9, CurrentAccuracy = random.NextDouble(), DriftedColumns = 1, Features = columns,
            })],
            new PerformanceReport { Accuracy = random.NextDouble(), Precision = random.NextDouble(), Recall = random.NextDouble(), F1 = random.NextDouble() },
            new QualityReport
            {
                Rows = 10_000,
                DataQualityScore = random.NextDouble(),
                Columns = [.. columns.Select(c => new ColumnQuality
                {
                    Name = c.Name, Role = ColumnRole.Feature, Rows = 10_000, Missing = random.Next(10_000), Mismatched = 0, NonFinite = 0,
                    OutOfRange = 0, Unseen = 0, Outliers = random.Next(100),
                })],
            }));
    }

    private static int Series(ReadOnlySpan<byte> text)
    {
        var lines = 0;
        foreach (var line in text.Split((byte)'\n'))
        {
            if (!text[line].IsEmpty && text[line][0] != (byte)'#')
                lines++;
        }

        return lines;
    }
}
