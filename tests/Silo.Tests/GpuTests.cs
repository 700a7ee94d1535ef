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
        // The actor lives on the silo that polls, and its series with it.
        await Eventually.Async(
            async () => (await MetricsAsync(owner)).Contains("DCGM_FI_DEV_GPU_TEMP{", StringComparison.Ordinal), Patience, "the silo that polls exports the GPUs");

        Assert.Equal(2, await GpusAsync(other));
        Assert.DoesNotContain("DCGM_FI_DEV_GPU_TEMP{", await MetricsAsync(other), StringComparison.Ordinal);

        await owner.KillAsync();

        Assert.Equal(2, await GpusAsync(other));
        Assert.Contains("gpu-7", await other.Client.GetStringAsync(new Uri(other.Address, "v1/gpus")), StringComparison.Ordinal);
    }

    private static async Task<int> GpusAsync(SiloProcess silo) =>
        (await silo.Client.GetFromJsonAsync<JsonElement>(new Uri(silo.Address, "v1/gpus/gpu-7"))).GetProperty("gpus").GetArrayLength();

    private static Task<string> MetricsAsync(SiloProcess silo) => silo.Client.GetStringAsync(new Uri(silo.Address, "metrics"));
}
