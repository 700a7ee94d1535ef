using System.Diagnostics;
using System.Globalization;
using System.Text;
using Drift.Support;

namespace Drift.Load;

/// <summary>Registers models on three silos and sees how they spread; then all silos go and come back, and one sees how soon a row is taken.</summary>
internal static class ClusterSpread
{
    private const int Silos = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Measures.</summary>
    /// <param name="silo">The built silo.</param>
    /// <param name="models">How many models.</param>
    /// <param name="say">Takes what happens.</param>
    public static async Task<SpreadResult> RunAsync(string silo, int models, Action<string> say)
    {
        await using var cluster = await TortureCluster.StartAsync(
            [.. Enumerable.Repeat(silo, Silos)], new Dictionary<string, string> { ["Drift__Cluster__DrainDelay"] = "00:00:01" });
        var lines = new List<string>();
        using var client = new HttpClient { BaseAddress = cluster.Url, Timeout = TimeSpan.FromMinutes(1) };
        var begun = Stopwatch.GetTimestamp();
        await ForEachAsync(models, async model =>
        {
            using var answer = await client.PutAsJsonAsync(model, new { });
            return answer.IsSuccessStatusCode;
        });
        var worst = await ShareAsync("registered one after the other, 8 at a time", Stopwatch.GetElapsedTime(begun));

        var stopped = await RestartAsync("SIGTERM", async server =>
        {
            await server.SignalAsync("TERM");
            await server.ExitAsync();
        });
        var killed = await RestartAsync("kill -9", server => server.KillAsync());
        return new SpreadResult(models, worst, stopped, killed, string.Join('\n', lines));

        async Task<double> ShareAsync(string after, TimeSpan time)
        {
            var hosted = await cluster.HostedAsync();
            var off = hosted.Max(h => Math.Abs((h * Silos / models) - 1));
            Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"| {after} | {time.TotalSeconds:0.0} s | {string.Join(", ", hosted.Select(h => h.ToString("N0", CultureInfo.InvariantCulture)))} | {off:P1} |"));
            return hosted.Sum() == models ? off : throw new InvalidOperationException($"{hosted.Sum()} of {models} models are in memory.");
        }

        async Task<TimeSpan> RestartAsync(string how, Func<TortureServer, Task> endAsync)
        {
            await Task.WhenAll(cluster.Silos.Select(endAsync));
            var started = Stopwatch.GetTimestamp();
            foreach (var server in cluster.Silos)
                await server.LaunchAsync();
            var first = await FirstAnswerAsync(cluster, started);
            Tell(string.Create(CultureInfo.InvariantCulture, $"| first row with 2xx after {how} of all silos and their start | {first.TotalSeconds:0.0} s | | |"));
            foreach (var server in cluster.Silos)
                await server.ReadyAsync();
            started = Stopwatch.GetTimestamp();
            await ForEachAsync(models, async model =>
            {
                using var answer = await client.GetAsync(new Uri(model, UriKind.Relative));
                return answer.IsSuccessStatusCode;
            });
            await ShareAsync($"all asked for once after {how}", Stopwatch.GetElapsedTime(started));
            return first;
        }

        void Tell(string line)
        {
            lines.Add(line);
            say(line);
        }
    }

    private static async Task<TimeSpan> FirstAnswerAsync(TortureCluster cluster, long started)
    {
        await Eventually.Async(
            async () => (await Task.WhenAll(cluster.Silos.Select(s => IsTakenAsync(s.Url)))).Contains(true), Limit, "a silo takes a row");
        return Stopwatch.GetElapsedTime(started);
    }

    // On a connection of its own: what was refused must not be remembered.
    private static async Task<bool> IsTakenAsync(Uri silo)
    {
        using var client = new HttpClient { BaseAddress = silo, Timeout = TimeSpan.FromSeconds(10) };
        using var row = new StringContent("""{"rows": [{"features": {"n": 1}}]}""", Encoding.UTF8, "application/json");
        try
        {
            using var answer = await client.PostAsync($"{Model(0)}/predictions", row);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Model(int model) => string.Create(CultureInfo.InvariantCulture, $"v1/models/m{model}");

    private static Task ForEachAsync(int models, Func<string, Task<bool>> action) => Parallel.ForEachAsync(
        Enumerable.Range(0, models),
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (model, _) => await Eventually.Async(() => action(Model(model)), Limit, "the model answers"));
}
