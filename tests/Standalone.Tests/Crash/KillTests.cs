using System.Net;
using Drift.Support;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace Drift.Standalone.Tests.Crash;

/// <summary>The promise: what was answered with 2xx is there after <c>kill -9</c>, once.</summary>
[Collection(nameof(HostProcess))]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int Clients = 4;
    private const int Seed = 20261120;

    // Snapshots often enough that kills fall into them; the host evaluates all the time.
    private static Dictionary<string, string> Options => new()
    {
        ["Drift__Actors__SnapshotEvery"] = "7",
        ["Drift__Actors__EvaluationInterval"] = "00:00:00.05",
        ["Drift__Actors__HistoryInterval"] = "00:00:01",
    };

    [Fact]
    public async Task Every_answered_batch_counts_once_after_twenty_kills_on_SQLite()
    {
        using var data = new TempDirectory();
        await KillAgainAndAgainAsync(data, postgres: null);
    }

    [PostgresFact]
    public async Task Every_answered_batch_counts_once_after_twenty_kills_on_PostgreSQL()
    {
        using var data = new TempDirectory();
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await MigrateAsync(data, database);
        await KillAgainAndAgainAsync(data, database);
    }

    [PostgresFact]
    public async Task Every_answered_batch_counts_once_when_PostgreSQL_is_killed_and_the_host_goes_on()
    {
        using var data = new TempDirectory();
        await using var postgres = await PostgresServer.StartNewAsync();
        var database = await postgres.CreateDatabaseAsync();
        await MigrateAsync(data, database);
        await using var host = await HostProcess.StartAsync(data.Path, Options, database);
        var traffic = new Traffic(() => host.Address, host.Client, Seed, batchesPerModel: 25, referenceRows: 1000);
        traffic.Start(Clients);
        for (var kill = 0; kill < 2; kill++)
        {
            var before = traffic.Answered;
            await Eventually.Async(() => traffic.Answered > before + 30, TimeSpan.FromSeconds(60), "batches are answered");
            await postgres.KillAsync();
            var refused = traffic.Refusals.GetValueOrDefault(HttpStatusCode.ServiceUnavailable);
            await Eventually.Async(
                () => traffic.Refusals.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) > refused, TimeSpan.FromSeconds(60), "batches are refused with 503");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "health/ready"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "health/live"));
            await postgres.StartAsync();
            await Eventually.Async(
                async () => await StatusAsync(host, "health/ready") == HttpStatusCode.OK, TimeSpan.FromSeconds(60), "the host finds PostgreSQL again by itself");
        }

        var answered = traffic.Answered;
        await Eventually.Async(() => traffic.Answered > answered + 30, TimeSpan.FromSeconds(60), "batches are answered again");
        await traffic.FinishAsync();

        Assert.True(traffic.RetryAfterIsGiven);
        await traffic.AssertCountedOnceAsync();
        output.WriteLine($"{traffic.Answered} answers, {traffic.Repeated} counted before, refusals: {string.Join(", ", traffic.Refusals)}");
    }

    [Fact]
    public async Task A_model_without_a_sound_snapshot_is_a_503_for_itself_only_and_can_be_deleted()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path);
        foreach (var model in (string[])["sound", "damaged"])
            await PutAsync(host, model);
        await host.StopAsync();
        await using (var database = new SqliteConnection($"Data Source={data["drift.db"]};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = new SqliteCommand("update actor_state set payload = x'0102', previous_payload = x'0102' where actor_key like '%/damaged'", database);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await host.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "v1/models/sound"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "v1/models/damaged"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "v1/models/damaged/drift"));
        using (var deleted = await host.Client.DeleteAsync(new Uri(host.Address, "v1/models/damaged")))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, "v1/models/damaged"));
        await PutAsync(host, "damaged");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "v1/models/damaged"));
    }

    private static async Task PutAsync(HostProcess host, string model)
    {
        using var content = new StringContent("{}", null, "application/json");
        using var answer = await host.Client.PutAsync(new Uri(host.Address, $"v1/models/{model}"), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task MigrateAsync(TempDirectory data, string database)
    {
        var (code, said) = await HostProcess.RunAsync(data.Path, ["migrate"], postgres: database);
        Assert.True(code == 0, said);
    }

    private static async Task<HttpStatusCode> StatusAsync(HostProcess host, string path)
    {
        using var answer = await host.Client.GetAsync(new Uri(host.Address, path));
        return answer.StatusCode;
    }

    private static int Learned(Traffic traffic) => traffic.Models.Count(m => m.Value.Rows >= 1000);

    private async Task KillAgainAndAgainAsync(TempDirectory data, string? postgres)
    {
        var random = new Random(Seed);
        await using var host = await HostProcess.StartAsync(data.Path, Options, postgres);
        var traffic = new Traffic(() => host.Address, host.Client, Seed, batchesPerModel: 25, referenceRows: 1000);
        traffic.Start(Clients);
        var started = TimeProvider.System.GetTimestamp();
        for (var kill = 0; kill < Kills; kill++)
        {
            // By what was answered and not by the clock: on a busy machine a host would be killed before it has done anything. Every third kill comes
            // just after a batch was sent that fixes a reference, if one comes soon.
            var afterReference = kill % 3 == 0;
            var enough = traffic.Answered + random.Next(1, afterReference ? 60 : 30);
            var answered = Eventually.Async(() => traffic.Answered >= enough, TimeSpan.FromSeconds(60), "batches are answered");
            await await Task.WhenAny(afterReference ? traffic.NextReference : answered, answered);
            await Task.Delay(random.Next(0, 25));
            await host.KillAsync();
            await host.StartAsync();
        }

        await traffic.FinishAsync();
        await traffic.AssertCountedOnceAsync();

        // Once more, from what is stored alone.
        await host.KillAsync();
        await host.StartAsync();
        await traffic.AssertCountedOnceAsync();

        var learned = Learned(traffic);
        Assert.True(learned >= 2, $"Only {learned} models came past their reference: the kills did not meet what they should.");
        Assert.Equal([], traffic.Refusals.Keys.Except([HttpStatusCode.NotFound]));
        output.WriteLine(
            $"{traffic.Answered} answers over {traffic.Models.Count} models, {traffic.Repeated} of them for what a killed host had counted, "
            + $"in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s.");
    }
}
