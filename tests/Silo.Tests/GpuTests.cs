using System.Net.Http.Json;
using System.Text.Json;
using Drift.Silo.Tests.Support;
using Drift.Support;
using Drift.Support.Nvml;

namespace Drift.Silo.Tests;

/// <summary>A silo polls the GPUs of its own machine, and any silo shows them.</summary>
[Collection(nameof(SiloProcess))]
public sealed class GpuTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [GpuSiloFact]
    public async Task The_GPUs_of_one_silo_are_shown_by_another_also_after_the_first_was_killed()
    {
        await using var cluster = await SiloCluster.StartAsync(1, new() { ["Drift__Gpus__Enabled"] = "false" });
        await using var owner = await SiloProcess.StartAsync(cluster.Database, "gpu-silo", new()
        {
            ["Drift__Gpus__Library"] = FakeNvml.Path,
            ["Drift__Gpus__Node"] = "gpu-7",
            ["FAKE_NVML_GPUS"] = "2",
        });
        var other = cluster.Silos[0];
        // The series are where the actor is: with the silo that polls, unless that joined just when the first report needed an actor.
        await Eventually.Async(async () => await ExportsAsync(owner) || await ExportsAsync(other), Patience, "a silo exports the GPUs");

        Assert.Equal(2, await GpusAsync(other));
        Assert.Equal(2, await GpusAsync(owner));
        Assert.True(await ExportsAsync(owner) ^ await ExportsAsync(other), "Both silos export the GPUs, or none does any more: their figures would count twice.");

        await owner.KillAsync();

        Assert.Equal(2, await GpusAsync(other));
        Assert.Contains("gpu-7", await other.Client.GetStringAsync(new Uri(other.Address, "v1/gpus")), StringComparison.Ordinal);
    }

    private static async Task<int> GpusAsync(SiloProcess silo) =>
        (await silo.Client.GetFromJsonAsync<JsonElement>(new Uri(silo.Address, "v1/gpus/gpu-7"))).GetProperty("gpus").GetArrayLength();

    private static async Task<bool> ExportsAsync(SiloProcess silo) =>
        (await silo.Client.GetStringAsync(new Uri(silo.Address, "metrics"))).Contains("DCGM_FI_DEV_GPU_TEMP{", StringComparison.Ordinal);
}
