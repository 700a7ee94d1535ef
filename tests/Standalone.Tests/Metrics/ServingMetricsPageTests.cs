using System.Text;
using System.Text.RegularExpressions;
using Drift.Standalone.Tests.Crash;
using Drift.Standalone.Tests.Docs;
using Drift.Support;

namespace Drift.Standalone.Tests.Metrics;

/// <summary>What <c>docs/metrics.md</c> says of serving, requests, deployers and vLLM comes out of a host that serves, and nothing else of theirs does.</summary>
[Collection(nameof(HostProcess))]
public sealed partial class ServingMetricsPageTests
{
    [Fact]
    public async Task A_host_with_rows_telemetry_and_a_vLLM_server_exports_what_the_page_names()
    {
        await using var vllm = FakeVllm.Start();
        vllm.Work(DateTimeOffset.UtcNow, "v1", "v2");
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, new Dictionary<string, string>
        {
            ["Drift__Delivery__AllowLoopback"] = "true",
            ["Drift__Deployers__gpu_a__Url"] = vllm.Address.ToString(),
            ["Drift__Vllm__Targets__gpu_a__Url"] = vllm.Address.ToString(),
            ["Drift__Vllm__Interval"] = "00:00:00.2",
        });
        await PostAsync(host, "v1/models/chat/predictions", """{"rows": [{"features": {"a": 1}, "adapter": "v1", "latency_ms": -1, "tokens": {"prompt": 3}, "cache": "hit"}]}""");
        await PostAsync(host, "v1/telemetry", """{"samples": [{"model": "chat", "requests": 2, "errors": 1, "cache": {"hits": 0, "misses": 1}, "latency_ms": [5], "inference_ms": [4], "queue_depth": 1, "batch_size": 2, "memory_bytes": 3}]}""");
        await Eventually.Async(
            async () => Exposition.Value(await host.MetricsAsync(), "drift_vllm_up{target=\"gpu_a\"}") == 1, TimeSpan.FromSeconds(30), "the vLLM server was read");
        // The scrape before is a request that ended.
        var text = await host.MetricsAsync();
        var exported = Exposition.Types(text);

        var page = Markdown.Read("docs/metrics.md");
        var named = ((string[])["Serving", "Requests", "Deployers and vLLM"]).SelectMany(h => Markdown.Table(page, h)).Select(r => (
            Name: r[0].Trim('`'),
            Type: r[1],
            Labels: r[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim('`')).Where(l => l != "–").Order(StringComparer.Ordinal).ToList())).ToList();

        Assert.Equal([], named.Select(m => m.Name).Except(exported.Keys));
        Assert.Equal([], exported.Keys.Where(n => Theirs().IsMatch(n)).Except(named.Select(m => m.Name)));
        Assert.All(named, m => Assert.Equal((m.Name, m.Type), (m.Name, exported[m.Name])));
        Assert.All(named, m => Assert.Equal((m.Name, string.Join(',', m.Labels)), (m.Name, string.Join(',', LabelsOf(m.Name, m.Type)))));

        IEnumerable<string> LabelsOf(string name, string type)
        {
            var sample = text.Split('\n').First(l => l.StartsWith(name + (type == "histogram" ? "_count" : ""), StringComparison.Ordinal) && !l.StartsWith('#'));
            return Label().Matches(sample).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        }
    }

    private static async Task PostAsync(HostProcess host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri(host.Address, path), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("^(daily_|inference_|cache_|api_|http_requests?_|drift_(serving|deployments|vllm)_|prediction_latency|model_(inference|memory))")]
    private static partial Regex Theirs();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
