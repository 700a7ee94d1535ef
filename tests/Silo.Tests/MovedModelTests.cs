using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Drift.Silo.Tests.Support;
using Drift.Support;

namespace Drift.Silo.Tests;

/// <summary>What dashboards ask over all silos stays right when a model moves from one to another.</summary>
[Collection(nameof(SiloProcess))]
public sealed class MovedModelTests
{
    private const string Model = "moves";
    private const string Query = $$"""max by (model) (drift_psi{model="{{Model}}", window="24h"})""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [PrometheusSiloFact]
    public async Task After_the_silo_of_a_model_was_killed_the_maximum_over_silos_is_what_its_next_silo_says()
    {
        await using var cluster = await SiloCluster.StartAsync(2, new()
        {
            ["Drift__Cluster__ProbeTimeout"] = "00:00:01",
            ["Drift__Actors__EvaluationInterval"] = "00:00:00.1",
        });
        await using var prometheus = await PrometheusServer.StartAsync(cluster.Silos.Select(s => s.Address.Authority));
        using (var settings = await cluster.Client.PutAsJsonAsync(
            new Uri(cluster.NextAddress, $"v1/models/{Model}"), new { reference = new { mode = "first", rows = 500 }, min_rows = 100, windows = new[] { "24h" } }))
        {
            Assert.True(settings.IsSuccessStatusCode, await settings.Content.ReadAsStringAsync());
        }

        await SendAsync(cluster, rows: 500, shift: 0);
        await SendAsync(cluster, rows: 500, shift: 60);
        var drifted = await AgreedAsync(cluster, prometheus, psi => psi > 0.3);
        var host = Assert.Single(await HostsAsync(cluster));

        await host.KillAsync();
        await SendAsync(cluster, rows: 4000, shift: 0);

        var calmer = await AgreedAsync(cluster, prometheus, psi => psi < drifted);
        Assert.True(calmer > 0, $"{calmer}");
        Assert.NotSame(host, Assert.Single(await HostsAsync(cluster)));
        // The silo that was killed comes back; the model does not, and nothing is exported twice.
        await host.StartAsync();
        Assert.Single(await HostsAsync(cluster));
        Assert.Equal(1, (await prometheus.QueryAsync($$"""count(drift_psi{model="{{Model}}", window="24h"})""")).Single().Value);
    }

    private static async Task<double> AgreedAsync(SiloCluster cluster, PrometheusServer prometheus, Func<double, bool> expected)
    {
        var value = double.NaN;
        await Eventually.Async(
            async () =>
            {
                var verdict = await cluster.Client.GetFromJsonAsync<JsonElement>(new Uri(cluster.NextAddress, $"v1/models/{Model}/drift?window=24h"));
                var sample = Assert.Single(await prometheus.QueryAsync(Query));
                value = sample.Value;
                Assert.Equal(verdict.GetProperty("psi").GetDouble(), value, 1e-9);
                return expected(value);
            },
            Patience,
            "Prometheus and the API say the same");
        return value;
    }

    private static async Task<IReadOnlyList<SiloProcess>> HostsAsync(SiloCluster cluster)
    {
        var hosts = new List<SiloProcess>();
        foreach (var silo in cluster.Silos.Where(s => s.IsRunning))
        {
            var text = await cluster.Client.GetStringAsync(new Uri(silo.Address, "metrics"));
            if (text.Split('\n').Any(l => l.StartsWith("drift_psi{", StringComparison.Ordinal) && l.Contains($"model=\"{Model}\"", StringComparison.Ordinal)))
                hosts.Add(silo);
        }

        return hosts;
    }

    // As a client does whose silo dies under it.
    private static async Task SendAsync(SiloCluster cluster, int rows, int shift)
    {
        var body = new StringBuilder($$"""{"batch_id": "b-{{rows}}-{{shift}}", "rows": [""");
        for (var row = 0; row < rows; row++)
            body.Append(row == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$$"""{"features": {"age": {{{shift + (row * 37 % 100)}}}}}""");
        body.Append("]}");
        await Eventually.Async(
            async () =>
            {
                using var content = new StringContent(body.ToString(), null, "application/json");
                using var answer = await cluster.Client.PostAsync(new Uri(cluster.NextAddress, $"v1/models/{Model}/predictions"), content);
                return answer.IsSuccessStatusCode;
            },
            Patience,
            "the batch is taken");
    }
}
