using System.Net.Http.Json;
using System.Text.Json;
using Drift.Standalone.Tests.Crash;
using Drift.Support;

namespace Drift.Standalone.Tests.Loop;

/// <summary>What docs/closed-loop.md walks through.</summary>
[Collection(nameof(HostProcess))]
public sealed class ClosedLoopTests
{
    [Fact]
    public async Task Drift_leads_to_a_better_adapter_and_the_next_worse_one_is_rolled_back()
    {
        using var data = new TempDirectory();
        await using var run = new LoopRun();
        await using var host = await HostProcess.StartAsync(data.Path, run.ServerEnvironment);
        await run.StartAsync(host.Address);

        var code = await run.EndAsync();

        Assert.True(code == 0, $"{run.Said}\n{host.Log}");
        Assert.Equal(["ready v1", "drift", "trigger", "trained v2", "canary v2", "promoted v2", "trigger", "trained v3", "canary v3", "rolled back v3"], run.Steps);
        var adapters = (await host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, "v1/adapters"))).GetProperty("adapters").EnumerateArray()
            .Select(a => $"{a.GetProperty("version").GetString()} {a.GetProperty("state").GetString()} {a.GetProperty("is_active").GetBoolean()}");
        Assert.Equal(["v1 retired False", "v2 serving True", "v3 rolled_back False"], adapters.Order(StringComparer.Ordinal));
        var triggers = (await host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, "v1/triggers"))).GetProperty("triggers").EnumerateArray();
        Assert.Equal(["manual succeeded v3", "drift succeeded v2"], triggers.Select(t => $"{t.GetProperty("type").GetString()} {t.GetProperty("status").GetString()} {t.GetProperty("adapter_version").GetString()}"));
    }
}
