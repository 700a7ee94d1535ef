using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Drift.Delivery.Tests.Support;
using Drift.Support;

namespace Drift.Delivery.Tests.Deployers;

public sealed class DeployerWatchTests
{
    [Fact]
    public async Task What_serves_and_is_not_listed_is_reported_and_nothing_else()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm.Address.ToString()));
        await StoreAsync(
            host,
            Version("v1", AdapterState.Serving, AdapterRole.Champion),
            Version("v2", AdapterState.Draining),
            Version("v3", AdapterState.Retired),
            Version("v4", AdapterState.Loading, AdapterRole.Canary),
            Version("v5", AdapterState.Serving, AdapterRole.Canary) with { Deployer = "another" },
            Version("v6", AdapterState.Serving, AdapterRole.Canary) with { DeploymentId = "d" });

        await host.UntilAsync(() => !host.Engine.Missing.IsEmpty, "the loss is reported");

        Assert.Equal(("default", FakeVllm.BaseModel, new MissingReport { Version = "v1", Deployer = "gpu-a" }), host.Engine.Missing.Distinct().Single());
        Assert.All(vllm.Requests, r => Assert.Equal("GET /v1/models", r));
        Assert.Contains("v1 of meta-llama/Llama-3-8B serves, and a server of gpu-a does not hold it any more", host.Log.Lines.First(l => l.Id == DeliveryEventId.AdapterLost).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_that_forgot_is_seen_and_one_that_is_away_is_not_judged_before_it_is_back()
    {
        await using var one = FakeVllm.Start();
        await using var two = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm($"{one.Address},{two.Address}"));
        await LoadAsync(one, two);
        await StoreAsync(host, Version("v1", AdapterState.Serving, AdapterRole.Champion));
        await LooksAsync(host, one);
        await two.LeaveAsync();
        two.Restart();
        await LooksAsync(host, one);
        Assert.Empty(host.Engine.Missing);

        two.Return();
        await host.UntilAsync(() => !host.Engine.Missing.IsEmpty, "the loss is reported");
        await LoadAsync(two);
        await LooksAsync(host, two);
        host.Engine.Missing.Clear();
        await LooksAsync(host, two);
        Assert.Empty(host.Engine.Missing);
    }

    [Fact]
    public async Task A_catalog_that_cannot_be_told_is_told_at_the_next_look()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm.Address.ToString()));
        host.Engine.Failures.Enqueue(new DriftException(DriftError.Unavailable, "The database is away."));
        host.Engine.Failures.Enqueue(new DriftException(DriftError.Unavailable, "The database is away."));
        await StoreAsync(host, Version("v1", AdapterState.Serving, AdapterRole.Champion));

        await host.UntilAsync(() => !host.Engine.Missing.IsEmpty, "the loss is reported");
        Assert.Single(host.Log.Lines, l => l.Id == DeliveryEventId.DeployerNotWatched);
    }

    private static (string, string)[] Vllm(string urls) => [("Drift:Deployers:gpu-a:Url", urls), ("Drift:Deployers:gpu-a:CheckInterval", "00:00:10")];

    /// <summary>Two looks later: the first may have begun before.</summary>
    private static async Task LooksAsync(DeliveryHost host, FakeVllm vllm)
    {
        var until = vllm.Requests.Count(r => r == "GET /v1/models") + 2;
        await host.UntilAsync(() => vllm.Requests.Count(r => r == "GET /v1/models") >= until, "it looked twice");
    }

    private static async Task LoadAsync(params FakeVllm[] servers)
    {
        using var client = new HttpClient();
        foreach (var server in servers)
        {
            using var body = new StringContent("""{"lora_name": "v1", "lora_path": "/adapters/v1"}""");
            using var answer = await client.PostAsync(new Uri(server.Address, "v1/load_lora_adapter"), body);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }

    private static AdapterDescription Version(string version, AdapterState state, AdapterRole? role = null) => new()
    {
        Tenant = "default", BaseModel = FakeVllm.BaseModel, Version = version, LoraName = version, Deployer = "gpu-a", ArtifactUri = $"/adapters/{version}", State = state, Role = role,
    };

    private static Task StoreAsync(DeliveryHost host, params AdapterDescription[] versions) => host.States.SaveAsync(
        ActorKey.Adapters("default", FakeVllm.BaseModel),
        0,
        0,
        "{}"u8.ToArray(),
        SnapshotCopies.Both,
        new SnapshotEffects([], []) { Adapters = new AdapterEffects("default", FakeVllm.BaseModel, versions, [], []) },
        default);
}
