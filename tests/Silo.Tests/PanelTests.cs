using System.Net.Http.Json;
using Drift.Dashboards.Tests.Grafana;
using Drift.Silo.Tests.Support;
using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Silo.Tests;

/// <summary>The panels that have data only where the silo runs.</summary>
[Collection(nameof(SiloProcess))]
public sealed class PanelTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [PanelFact]
    public async Task Every_panel_that_needs_the_cluster_answers_with_data_of_two_silos()
    {
        await using var cluster = await SiloCluster.StartAsync(2);
        await using var prometheus = await PrometheusServer.StartAsync(cluster.Silos.Select(s => s.Address.Authority), job: "drift");
        await using var sources = new DataSources(prometheus.Address, cluster.Database, TimeSpan.FromMilliseconds(200));
        var targets = (
            from dashboard in Dashboard.All()
            from panel in dashboard.Panels
            where panel.NeedsCluster
            from target in panel.Targets
            select (dashboard, panel, target)).ToList();
        Assert.Equal(3, targets.Count);

        foreach (var (dashboard, panel, target) in targets)
        {
            await Eventually.Async(
                async () =>
                {
                    // Rates need calls that go on.
                    for (var i = 0; i < 10; i++)
                        await PostAsync(cluster, $"m{i}");
                    var now = DateTimeOffset.UtcNow;
                    var lines = (await sources.RunAsync(dashboard, panel, target, await sources.VariablesAsync(dashboard, now), now)).Series
                        .Where(s => s.Points.Any(p => p.Value > 0)).Select(s => s.Name).ToList();
                    if (lines.Distinct().Count() < 2)
                        return false;
                    output.WriteLine($"{dashboard.Name,-28} {panel.Title,-40} {string.Join(", ", lines)}");
                    return true;
                },
                Patience,
                $"the panel '{panel.Title}' of {dashboard.Name} has a line above 0 for each of the two silos");
        }
    }

    private static async Task PostAsync(SiloCluster cluster, string model)
    {
        using var answer = await cluster.Client.PostAsJsonAsync(
            new Uri(cluster.NextAddress, $"v1/models/{model}/predictions"), new { rows = new[] { new { features = new { age = 41 } } } });
        answer.EnsureSuccessStatusCode();
    }
}
