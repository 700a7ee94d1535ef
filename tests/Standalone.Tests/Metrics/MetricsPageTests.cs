using System.Text.RegularExpressions;
using Drift.Standalone.Tests.Crash;
using Drift.Standalone.Tests.Docs;
using Drift.Support;

namespace Drift.Standalone.Tests.Metrics;

/// <summary><c>docs/metrics.md</c> names what the host exports, no more and no less.</summary>
[Collection(nameof(HostProcess))]
public sealed partial class MetricsPageTests
{
    [Fact]
    public async Task The_page_names_every_metric_of_ours_and_the_host_exports_every_metric_that_it_names()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path);
        await host.MakeDriftedModelAsync("credit");
        await host.TrainAsync("credit");
        using (var settings = new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))
            (await host.Client.PutAsync(new Uri(host.Address, "v1/models/gone"), settings)).EnsureSuccessStatusCode();
        (await host.Client.DeleteAsync(new Uri(host.Address, "v1/models/gone"))).EnsureSuccessStatusCode();
        // The health checks run a second after the start.
        await Eventually.Async(
            async () => Exposition.Value(await host.MetricsAsync(), "drift_health_status{check=\"storage\"}") == 1, TimeSpan.FromSeconds(30), "the host says how it is");
        var text = await host.MetricsAsync();
        var exported = Exposition.Types(text);

        var page = Markdown.Read("docs/metrics.md");
        var models = Rows(page, "Models").Concat(Rows(page, "Triggers and training")).Concat(Rows(page, "The monitor itself")).ToList();
        var exporter = Rows(page, "The exporter and refusals").ToList();

        Assert.Equal([], models.Select(m => m.Name).Except(exported.Keys));
        Assert.Equal([], exported.Keys.Where(n => Ours().IsMatch(n)).Except(models.Concat(exporter).Select(m => m.Name)));
        // In the plain text the type of a gauge whose name ends in _count is left open.
        Assert.Equal([], models.Where(m => exported[m.Name] != m.Type && exported[m.Name] != "untyped").Select(m => $"{m.Name} is a {exported[m.Name]}, not a {m.Type}"));
        Assert.Equal([], models.Where(m => !m.Labels.SetEquals(LabelsOf(m.Name, m.Type))).Select(m => $"{m.Name} has {string.Join(", ", LabelsOf(m.Name, m.Type))}"));

        HashSet<string> LabelsOf(string name, string type)
        {
            var sample = text.Split('\n').First(l => l.StartsWith(name + (type == "histogram" ? "_count" : ""), StringComparison.Ordinal) && !l.StartsWith('#'));
            return [.. Label().Matches(sample).Select(m => m.Groups[1].Value)];
        }
    }

    [PostgresFact]
    public async Task The_meters_of_dotnet_Kestrel_and_Npgsql_come_out_as_the_page_says()
    {
        using var data = new TempDirectory();
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        Assert.Equal(0, (await HostProcess.RunAsync(data.Path, ["migrate"], postgres: database)).ExitCode);
        await using var host = await HostProcess.StartAsync(data.Path, postgres: database);
        await host.MakeDriftedModelAsync("credit");
        var exported = Exposition.Types(await host.MetricsAsync());

        var named = Rows(Markdown.Read("docs/metrics.md"), "The platform").Select(m => m.Name).ToList();

        Assert.Equal([], named.Except(exported.Keys));
        foreach (var prefix in (string[])["dotnet_", "kestrel_", "http_server_", "db_client_"])
            Assert.Contains(named, n => n.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, string Type, HashSet<string> Labels)> Rows(string page, string heading) =>
        Markdown.Table(page, heading).Select(r => (
            r[0].Trim('`'),
            r[1],
            r[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim('`')).Where(l => l != "–").ToHashSet(StringComparer.Ordinal)));

    [GeneratedRegex("^(drift|data|model|missing|outliers|prediction|finetuning|training|validation|ewc|fisher|replay)_")]
    private static partial Regex Ours();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
