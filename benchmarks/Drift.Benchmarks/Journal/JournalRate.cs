using System.Diagnostics;
using System.Globalization;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage;
using Drift.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Benchmarks.Journal;

/// <summary>
/// Durable appends per second: callers that each append entries of 200 bytes to a model of their own, one after the other, as actors
/// do. SQLite on a file, PostgreSQL on a server of its own with its durable defaults; both in the folder for temporary files.
/// </summary>
internal static class JournalRate
{
    private const int PayloadBytes = 200;

    private static readonly int[] Callers = [1, 8, 64];

    /// <summary>Measures both stores and prints a table.</summary>
    /// <param name="measured">How long each line is measured, after a third of it to warm up.</param>
    public static async Task RunAsync(TimeSpan measured)
    {
        Console.WriteLine("| store | callers | appends/s | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|---|");
        using var folder = new TempDirectory();
        await MeasureAsync("SQLite", services => services.AddDriftSqlite(folder["drift.db"]), measured);
        if (!PostgresServer.IsAvailable)
            return;

        await using var server = await PostgresServer.StartNewAsync();
        var connectionString = await server.CreateDatabaseAsync();
        await MeasureAsync("PostgreSQL", services => services.AddDriftPostgres(connectionString + ";Maximum Pool Size=50"), measured);
    }

    private static async Task MeasureAsync(string name, Action<IServiceCollection> register, TimeSpan measured)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        register(services);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IMigrator>().MigrateAsync();
        var journal = provider.GetRequiredService<IJournal>();
        foreach (var callers in Callers)
        {
            await AppendAsync(journal, $"warm-{callers}", callers, measured / 3);
            var started = Stopwatch.GetTimestamp();
            var latencies = await AppendAsync(journal, $"model-{callers}", callers, measured);
            var elapsed = Stopwatch.GetElapsedTime(started);
            latencies.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {callers} | {latencies.Count / elapsed.TotalSeconds:0} | {At(latencies, 0.5):0.00} | {At(latencies, 0.99):0.00} |"));
        }
    }

    private static async Task<List<double>> AppendAsync(IJournal journal, string prefix, int callers, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var latencies = new List<double>();
            var model = ModelId.Create("bench", $"{prefix}-{caller}");
            var payload = new byte[PayloadBytes];
            for (var sequence = 1L; Stopwatch.GetElapsedTime(started) < duration; sequence++)
            {
                var sent = Stopwatch.GetTimestamp();
                var outcome = await journal.AppendAsync(
                    new JournalEntry
                    {
                        Model = model,
                        Sequence = sequence,
                        Kind = 1,
                        BatchIds = [string.Create(CultureInfo.InvariantCulture, $"batch-{sequence:000000000000}")],
                        At = DateTimeOffset.UnixEpoch.AddSeconds(sequence),
                        Payload = payload,
                    },
                    CancellationToken.None);
                latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                if (outcome != AppendOutcome.Appended)
                    throw new InvalidOperationException($"{model} {sequence} ended as {outcome}.");
            }

            return latencies;
        })));
        return [.. all.SelectMany(latencies => latencies)];
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)];
}
