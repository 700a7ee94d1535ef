using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Simulation;
using Drift.Storage;
using Drift.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Benchmarks.Predictions;

/// <summary>
/// The prediction log when it is full: rows with random ids, logged durably as ingest logs them and spread over 30 days of arrival, and
/// then how long a label waits for the look-up of its prediction. PostgreSQL runs with its durable defaults, both on the disk for temporary files.
/// </summary>
internal static class PredictionRate
{
    private const int BatchRows = 5_000;
    private const int Models = 4;
    private const int Days = 30;

    private static readonly int[] LookUps = [1, 100, 1_000];

    /// <summary>Measures both stores.</summary>
    /// <param name="rows">Rows to log in each.</param>
    /// <param name="limit">The longest that one store logs; it reports how far it came.</param>
    /// <returns>The result as Markdown.</returns>
    public static async Task<string> RunAsync(int rows, TimeSpan limit)
    {
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        var report = new StringBuilder();
        report.AppendLine(CultureInfo.InvariantCulture, $"""
            # The prediction log

            Saved by `dotnet run -c Release --project benchmarks/Drift.Benchmarks -- predictions {rows} {limit.TotalSeconds:0} FILE`. Batches of {BatchRows} rows of
            {Models} models with random ids, arriving over {Days} days, each batch durable before the next; then look-ups of predictions and of labels
            that are not there, as ingest does them, by random ids from all days. {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription},
            {Environment.ProcessorCount} processors, load average when it began: {load}.

            | store | rows | rows/s | first tenth | last tenth | look-up of | p50 ms | p99 ms | of ids not there, p50 ms |
            |---|---|---|---|---|---|---|---|---|
            """);
        using var folder = new TempDirectory("drift-bench-");
        await MeasureAsync("SQLite", services => services.AddDriftSqlite(folder["drift.db"]), rows, limit, report);
        if (PostgresServer.IsAvailable)
        {
            await using var server = await PostgresServer.StartNewAsync();
            var connectionString = await server.CreateDatabaseAsync();
            await MeasureAsync("PostgreSQL", services => services.AddDriftPostgres(connectionString + ";Maximum Pool Size=50"), rows, limit, report);
        }

        return report.ToString();
    }

    private static async Task MeasureAsync(string name, Action<IServiceCollection> register, int rows, TimeSpan limit, StringBuilder report)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        register(services);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IMigrator>().MigrateAsync();
        var journal = provider.GetRequiredService<IJournal>();
        var log = provider.GetRequiredService<IPredictionLog>();
        var batches = rows / BatchRows;
        var times = new List<TimeSpan>(batches);
        var started = Stopwatch.GetTimestamp();
        for (var batch = 0; batch < batches && Stopwatch.GetElapsedTime(started) < limit; batch++)
        {
            var at = DateTimeOffset.UtcNow.AddDays(((double)batch / batches * Days) - Days);
            var entry = new JournalEntry
            {
                Model = Model(batch),
                Sequence = (batch / Models) + 1,
                Kind = 1,
                At = at,
                Payload = new byte[200],
                Predictions = [.. Enumerable.Range(0, BatchRows).Select(row => new PredictionRecord
                {
                    Id = Id(batch, row),
                    Time = at,
                    Prediction = row % 3 == 0 ? "yes" : "no",
                    Score = row / (double)BatchRows,
                })],
            };
            var sent = Stopwatch.GetTimestamp();
            if (await journal.AppendAsync(entry, CancellationToken.None) != AppendOutcome.Appended)
                throw new InvalidOperationException($"Batch {batch} was not appended.");
            times.Add(Stopwatch.GetElapsedTime(sent));
        }

        var tenth = Math.Max(1, times.Count / 10);
        var rate = $"{Count((long)times.Count * BatchRows)} | {Rate(times)} | {Rate(times[..tenth])} | {Rate(times[^tenth..])}";
        var random = new SplitMix(7);
        foreach (var ids in LookUps)
        {
            var found = new List<double>();
            var missed = new List<double>();
            var until = Stopwatch.GetTimestamp();
            while (found.Count < 50 || (found.Count < 1_000 && Stopwatch.GetElapsedTime(until) < TimeSpan.FromSeconds(5)))
            {
                // Each look-up is of one model, as a batch of labels is.
                var model = (int)(random.Uniform() * Models);
                string[] asked = [.. Enumerable.Range(0, ids).Select(_ =>
                    Id(((int)(random.Uniform() * (times.Count / Models)) * Models) + model, (int)(random.Uniform() * BatchRows)))];
                var sent = Stopwatch.GetTimestamp();
                var predictions = await log.FindPredictionsAsync(Model(model), asked, CancellationToken.None);
                found.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                if (predictions.Count != asked.Distinct().Count())
                    throw new InvalidOperationException($"{name}: {predictions.Count} of {ids} predictions were found.");
                sent = Stopwatch.GetTimestamp();
                await log.FindLabelsAsync(Model(model), asked, CancellationToken.None);
                missed.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            found.Sort();
            missed.Sort();
            var line = $"| {name} | {rate} | {Count(ids)} id{(ids == 1 ? "" : "s")} | {At(found, 0.5)} | {At(found, 0.99)} | {At(missed, 0.5)} |";
            Console.WriteLine(line);
            report.AppendLine(line);
        }
    }

    private static ModelId Model(int batch) => ModelId.Create("bench", $"model-{batch % Models}");

    // No order that an index could profit from.
    private static string Id(int batch, int row) => new SplitMix(((ulong)batch << 20) | (uint)row).Next().ToString("x16", CultureInfo.InvariantCulture);

    private static string Rate(List<TimeSpan> times) => Count((long)(times.Count * BatchRows / times.Sum(t => t.TotalSeconds)));

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string At(List<double> sorted, double share) =>
        sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)].ToString("0.00", CultureInfo.InvariantCulture);
}
