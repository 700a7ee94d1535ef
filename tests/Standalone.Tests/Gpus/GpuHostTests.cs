using System.Collections.Concurrent;
using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Drift.Standalone.Agent;
using Drift.Standalone.Commands;
using Drift.Standalone.Tests.Crash;
using Drift.Standalone.Tests.Docs;
using Drift.Standalone.Tests.Metrics;
using Drift.Support;
using Drift.Support.Nvml;

namespace Drift.Standalone.Tests.Gpus;

/// <summary>A host with GPUs of its own, and the agent on a machine without a host.</summary>
[Collection(nameof(HostProcess))]
public sealed partial class GpuHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [NvmlFact]
    public async Task A_host_exports_its_GPUs_as_docs_metrics_md_says_and_shows_them()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, new()
        {
            ["Drift__Gpus__Library"] = FakeNvml.Path,
            ["Drift__Gpus__Node"] = "gpu-7",
            ["FAKE_NVML_GPUS"] = "2",
            ["FAKE_NVML_MIG"] = "1",
        });
        var text = "";
        await Eventually.Async(async () => (text = await host.MetricsAsync()).Contains("DCGM_FI_DEV_GPU_TEMP{", StringComparison.Ordinal), Patience, "the GPUs are exported");

        var types = Exposition.Types(text);
        var table = Markdown.Table(Markdown.Read("docs/metrics.md"), "GPUs");
        var named = table.ToDictionary(r => r[0].Trim('`'), r => (Type: r[1], Labels: Words().Matches(r[2]).Select(m => m.Groups[1].Value).ToHashSet()));
        Assert.Equal(named.Keys.Order(StringComparer.Ordinal), types.Keys.Where(n => n.StartsWith("DCGM_", StringComparison.Ordinal) || (n.StartsWith("drift_gpu_", StringComparison.Ordinal) && n != "drift_gpu_poller_state")).Order(StringComparer.Ordinal));
        foreach (var (name, (type, labels)) in named)
        {
            Assert.Equal((name, type), (name, types[name]));
            var sample = text.Split('\n').First(l => l.StartsWith(name + (type == "histogram" ? "_count" : ""), StringComparison.Ordinal));
            var braces = sample.IndexOf('{', StringComparison.Ordinal);
            var has = braces < 0 ? [] : Labels().Matches(sample).Select(m => m.Groups[1].Value).ToHashSet();
            Assert.True(labels.SetEquals(has), $"{name} has {string.Join(", ", has)}");
        }

        const string gpu = "UUID=\"GPU-00000000-0000-0000-0000-000000000001\",device=\"nvidia1\",gpu=\"1\",hostname=\"gpu-7\",modelName=\"NVIDIA Fake 80GB\",pci_bus_id=\"00000000:11:00.0\"";
        Assert.Equal(16384, Exposition.Value(text, $"DCGM_FI_DEV_FB_USED{{{gpu}}}"));
        Assert.Equal(312.5, Exposition.Value(text, $"DCGM_FI_DEV_POWER_USAGE{{{gpu}}}"));
        Assert.Equal(123456789012, Exposition.Value(text, $"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{{{gpu}}}"));
        Assert.Equal(0, Exposition.Value(text, $"drift_gpu_xid_errors_total{{{gpu}}}"));
        Assert.Equal(1, Exposition.Value(text, "drift_gpu_node_state{hostname=\"gpu-7\",state=\"ok\"}"));
        Assert.Equal(1, Exposition.Value(text, "drift_gpu_poller_state{state=\"ok\"}"));

        var history = await host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, "v1/gpus/gpu-7/history?resolution=minute"));
        Assert.Equal(55, history.GetProperty("samples")[0].GetProperty("temperature_celsius").GetDouble());
    }

    [NvmlFact]
    public async Task An_agent_reports_to_a_host_and_a_GPU_that_vanishes_leaves_the_metrics_with_a_state()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path);
        var fake = FakeNvml.Start(2);
        using var stop = new CancellationTokenSource();
        var agent = RunAgentAsync(host.Address.ToString(), stop.Token);
        var text = "";
        await Eventually.Async(async () => Count(text = await host.MetricsAsync(), "DCGM_FI_DEV_GPU_TEMP{") == 2, Patience, "both GPUs are exported");
        fake.Lost(1, true);
        await Eventually.Async(async () => Count(text = await host.MetricsAsync(), "DCGM_FI_DEV_GPU_TEMP{") == 1, Patience, "the lost one's series is gone");
        Assert.Equal(1, Count(text, "drift_gpu_state{", "state=\"lost\""));

        fake.Lost(1, false);
        await Eventually.Async(async () => Count(text = await host.MetricsAsync(), "DCGM_FI_DEV_GPU_TEMP{") == 2, Patience, "it is back");
        Assert.Equal(0, Count(text, "drift_gpu_state{", "state=\"lost\""));
        await stop.CancelAsync();
        await agent;
    }

    [NvmlFact]
    public async Task An_agent_keeps_polling_while_the_server_is_away_and_sends_every_report_in_order()
    {
        FakeNvml.Start(1);
        await using var server = await StubServer.StartAsync();
        var reports = new ConcurrentQueue<DateTimeOffset>();
        var away = true;
        var refused = 0;
        server.Intercept = async (http, seen) =>
        {
            if (Volatile.Read(ref away))
            {
                Interlocked.Increment(ref refused);
                await StubServer.ProblemAsync(http, 503, """{"title":"away","status":503,"detail":"Away."}""");
                return true;
            }

            Assert.Equal("/v1/gpus/gpu-7/samples", seen.Path);
            using var body = JsonDocument.Parse(seen.Body);
            foreach (var report in body.RootElement.GetProperty("reports").EnumerateArray())
                reports.Enqueue(report.GetProperty("at").GetDateTimeOffset());
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync("""{"accepted":1,"ignored":0}"""u8.ToArray());
            return true;
        };
        using var stop = new CancellationTokenSource();
        var begun = DateTimeOffset.UtcNow;
        var agent = RunAgentAsync(server.Url, stop.Token);
        await Eventually.Async(() => Volatile.Read(ref refused) >= 2, Patience, "the server refused twice");
        var back = DateTimeOffset.UtcNow;
        Volatile.Write(ref away, false);
        await Eventually.Async(() => reports.Any(at => at > back), Patience, "a report of after the outage came");
        await stop.CancelAsync();
        await agent;

        Assert.True(reports.Min() < begun.AddSeconds(5), "what was polled at the beginning of the outage came too");
        Assert.True(reports.Count(at => at < back) >= 3);
        Assert.Equal(reports.Order().Distinct(), reports);
    }

    private static Task<int> RunAgentAsync(string url, CancellationToken cancellationToken) => Cli.RunAsync(
        new RootCommand { AgentCommand.Create(TimeProvider.System) },
        ["agent", "--url", url, "--node", "gpu-7", "--interval", "200ms", "--library", FakeNvml.Path],
        cancellationToken: cancellationToken);

    private static int Count(string text, string begin, string part = "") =>
        text.Split('\n').Count(l => l.StartsWith(begin, StringComparison.Ordinal) && l.Contains(part, StringComparison.Ordinal));

    [GeneratedRegex("`([A-Za-z_]+)`")]
    private static partial Regex Words();

    [GeneratedRegex("([A-Za-z_]+)=\"")]
    private static partial Regex Labels();
}
