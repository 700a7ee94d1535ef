using System.Net.Http.Json;
using System.Text.Json;
using Drift.Silo.Tests.Support;
using Drift.Standalone.Tests.Loop;
using Drift.Support;

namespace Drift.Silo.Tests;

/// <summary>The closed loop on a cluster that loses a silo in the middle.</summary>
[Collection(nameof(SiloProcess))]
public sealed class LoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [PostgresFact]
    public async Task The_loop_closes_on_three_silos_though_one_is_killed_while_the_first_canary_runs()
    {
        await using var run = new LoopRun();
        await using var cluster = await SiloCluster.StartAsync(3, run.ServerEnvironment);
        var entrance = cluster.Silos[0];
        await run.StartAsync(entrance.Address);

        await Eventually.Async(() => Task.FromResult(run.HasEnded || run.Steps.Contains("canary v2")), Patience, "the first canary runs");
        var victim = await HostOfModelAsync(cluster) ?? cluster.Silos[1];
        await victim.KillAsync();
        var code = await run.EndAsync();

        Assert.True(code == 0, $"{run.Said}\n{entrance.Log}");
        Assert.Equal(["ready v1", "drift", "trigger", "trained v2", "canary v2", "promoted v2", "trigger", "trained v3", "canary v3", "rolled back v3"], run.Steps);
        var adapters = (await entrance.Client.GetFromJsonAsync<JsonElement>(new Uri(entrance.Address, "v1/adapters"))).GetProperty("adapters").EnumerateArray()
            .Select(a => $"{a.GetProperty("version").GetString()} {a.GetProperty("state").GetString()} {a.GetProperty("is_active").GetBoolean()}");
        Assert.Equal(["v1 retired False", "v2 serving True", "v3 rolled_back False"], adapters.Order(StringComparer.Ordinal));
    }

    /// <summary>The silo where the demo's model lives, unless it is the one that the demo talks to.</summary>
    private static async Task<SiloProcess?> HostOfModelAsync(SiloCluster cluster)
    {
        foreach (var silo in cluster.Silos.Skip(1))
        {
            if ((await silo.Client.GetStringAsync(new Uri(silo.Address, "metrics"))).Contains("drift_psi{model=\"tickets\"", StringComparison.Ordinal))
                return silo;
        }

        return null;
    }
}
