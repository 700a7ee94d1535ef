using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Drift.Standalone.Tests.Crash;
using Drift.Support;

namespace Drift.Standalone.Tests.Adapters;

/// <summary>An adapter's way into a serving engine and out again, by the executable, its outbox and its catalog.</summary>
[Collection(nameof(HostProcess))]
public sealed class DeploymentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_version_is_loaded_into_vLLM_though_its_host_was_killed_and_unloaded_when_it_retires()
    {
        await using var vllm = FakeVllm.Start();
        using var data = new TempDirectory();
        var settings = new Dictionary<string, string>
        {
            ["Drift__Delivery__AllowLoopback"] = "true",
            ["Drift__Delivery__PollInterval"] = "00:00:00.05",
            ["Drift__Delivery__RetryDelay"] = "00:00:00.1",
            ["Drift__Delivery__Timeout"] = "00:00:01",
            ["Drift__Deployers__gpu_a__Url"] = vllm.Address.ToString(),
            ["Drift__Deployers__gpu_a__Timeout"] = "00:00:01",
        };
        // Asked while it is away, and the host is killed before it comes back.
        await vllm.LeaveAsync();
        await using (var host = await HostProcess.StartAsync(data.Path, settings))
        {
            await PostAsync(host, "v1/adapters", new { base_model = FakeVllm.BaseModel, version = "v1", deployer = "gpu_a", artifact_uri = "/adapters/v1", state = "trained", by = "ann" });
            foreach (var command in (string[])["validate", "ready", "deploy_champion"])
                await MoveAsync(host, command);
            Assert.Equal("loading", (await GetAsync(host)).GetProperty("state").GetString());
            await host.KillAsync();
        }

        vllm.Return();
        await using (var host = await HostProcess.StartAsync(data.Path, settings))
        {
            await Eventually.Async(async () => (await GetAsync(host)).GetProperty("state").GetString() == "serving", Limit, "the version serves");
            Assert.Equal("/adapters/v1", vllm.Adapters["v1"]);

            await MoveAsync(host, "retire");
            await Eventually.Async(async () => (await GetAsync(host)).GetProperty("state").GetString() == "retired", Limit, "the version is retired");
            Assert.Empty(vllm.Adapters);
        }
    }

    [Fact]
    public async Task A_vLLM_server_that_restarts_gets_its_champion_back_and_what_it_was_to_forget_not()
    {
        await using var vllm = FakeVllm.Start();
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, new Dictionary<string, string>
        {
            ["Drift__Delivery__AllowLoopback"] = "true",
            ["Drift__Delivery__PollInterval"] = "00:00:00.05",
            ["Drift__Deployers__gpu_a__Url"] = vllm.Address.ToString(),
            ["Drift__Deployers__gpu_a__CheckInterval"] = "00:00:00.2",
        });
        await PostAsync(host, "v1/adapters", new { base_model = FakeVllm.BaseModel, version = "v1", deployer = "gpu_a", artifact_uri = "/adapters/v1", state = "trained", by = "ann" });
        foreach (var command in (string[])["validate", "ready", "deploy_champion"])
            await MoveAsync(host, command);
        await Eventually.Async(async () => (await GetAsync(host)).GetProperty("state").GetString() == "serving", Limit, "the version serves");

        vllm.Restart();
        await Eventually.Async(() => Task.FromResult(vllm.Adapters.ContainsKey("v1")), Limit, "it is loaded again");
        await Eventually.Async(async () => !(await GetAsync(host)).TryGetProperty("deployment_id", out _), Limit, "that is known");
        Assert.Equal(("serving", true), ((await GetAsync(host)).GetProperty("state").GetString(), (await GetAsync(host)).GetProperty("is_active").GetBoolean()));

        await MoveAsync(host, "retire");
        await Eventually.Async(async () => (await GetAsync(host)).GetProperty("state").GetString() == "retired", Limit, "the version is retired");
        vllm.Restart();
        var looked = vllm.Requests.Count;
        Assert.Empty(vllm.Adapters);
        Assert.Equal(2, vllm.Requests.Take(looked).Count(r => r.StartsWith("POST /v1/load_lora_adapter", StringComparison.Ordinal)));
    }

    private static Task MoveAsync(HostProcess host, string command) => PostAsync(host, $"v1/adapters/v1/transitions?base={Uri.EscapeDataString(FakeVllm.BaseModel)}", new { command, by = "ann" });

    private static async Task<JsonElement> GetAsync(HostProcess host) =>
        (await host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, $"v1/adapters/v1?base={Uri.EscapeDataString(FakeVllm.BaseModel)}"))).GetProperty("adapter");

    private static async Task PostAsync<T>(HostProcess host, string path, T body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri(host.Address, path), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
