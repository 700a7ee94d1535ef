using System.Text.RegularExpressions;
using Drift.Silo.Tests.Support;
using Drift.Standalone.Tests.Crash;
using Drift.Support;
using Npgsql;
using Xunit.Abstractions;

namespace Drift.Silo.Tests;

/// <summary>The promise of the cluster: any silo takes any batch, and what was answered with 2xx counts once, whichever silo dies.</summary>
[Collection(nameof(SiloProcess))]
public sealed partial class ClusterTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // Snapshots often enough that deaths fall into them.
    private static Dictionary<string, string> Options => new() { ["Drift__Actors__SnapshotEvery"] = "7" };

    [PostgresFact]
    public async Task Every_answered_batch_counts_once_when_a_silo_is_killed_under_load_and_comes_back()
    {
        await using var cluster = await SiloCluster.StartAsync(3, Options);
        var traffic = new Traffic(() => cluster.NextAddress, cluster.Client, Seed, batchesPerModel: 25, referenceRows: 1000);
        traffic.Start(clients: 6);
        foreach (var victim in cluster.Silos.Take(2))
        {
            await AnswersAsync(traffic, "batches are answered");
            await victim.KillAsync();
            await AnswersAsync(traffic, "batches are answered without the silo that died");
            await victim.StartAsync();
        }

        await AnswersAsync(traffic, "batches are answered with the silos that came back");
        await traffic.FinishAsync();

        await traffic.AssertCountedOnceAsync();
        output.WriteLine($"{traffic.Answered} answers, {traffic.Repeated} counted before, refusals: {string.Join(", ", traffic.Refusals)}");
    }

    [PostgresFact]
    public async Task A_silo_that_is_told_to_stop_is_not_ready_first_then_writes_its_models_and_leaves_while_the_others_serve()
    {
        await using var cluster = await SiloCluster.StartAsync(2, new(Options) { ["Drift__Cluster__DrainDelay"] = "00:00:03" });
        var traffic = new Traffic(() => cluster.NextAddress, cluster.Client, Seed, batchesPerModel: 25, referenceRows: 1000);
        traffic.Start(clients: 4);
        await AnswersAsync(traffic, "batches are answered");

        var leaving = cluster.Silos[0];
        await leaving.SignalAsync("TERM");
        await Eventually.Async(async () => !await leaving.IsReadyAsync(), Patience, "the silo is not ready any more");
        Assert.True(leaving.IsRunning);
        Assert.Equal(System.Net.HttpStatusCode.OK, await leaving.StatusAsync("health/live"));
        Assert.Equal(0, await leaving.ExitAsync());
        await AnswersAsync(traffic, "the other silo answers");
        await traffic.FinishAsync();

        await traffic.AssertCountedOnceAsync();
        Assert.Equal(1, await CountAsync(cluster.Database, "select count(*) from orleans_membership where silo_name = 'silo-0' and status = 6"));
    }

    [PostgresFact]
    public async Task A_model_has_its_gauges_on_the_one_silo_that_hosts_it()
    {
        await using var cluster = await SiloCluster.StartAsync(2);
        for (var i = 0; i < 12; i++)
        {
            using var content = new StringContent("{}", null, "application/json");
            using var answer = await cluster.Client.PutAsync(new Uri(cluster.NextAddress, $"v1/models/m{i}"), content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        var hosted = new List<double>();
        foreach (var silo in cluster.Silos)
        {
            var text = await cluster.Client.GetStringAsync(new Uri(silo.Address, "metrics"));
            hosted.Add(double.Parse(Activations().Match(text).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(12, hosted.Sum());
        Assert.All(hosted, h => Assert.InRange(h, 1, 11));
        foreach (var silo in cluster.Silos)
        {
            using var list = System.Text.Json.JsonDocument.Parse(await cluster.Client.GetStringAsync(new Uri(silo.Address, "v1/models")));
            Assert.Equal(12, list.RootElement.GetProperty("models").GetArrayLength());
        }
    }

    private static async Task AnswersAsync(Traffic traffic, string what)
    {
        var before = traffic.Answered;
        await Eventually.Async(() => traffic.Answered > before + 40, Patience, what);
    }

    private static async Task<long> CountAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex(@"^drift_actor_activations(?:\{[^}]*\})? (\S+)", RegexOptions.Multiline)]
    private static partial Regex Activations();
}
