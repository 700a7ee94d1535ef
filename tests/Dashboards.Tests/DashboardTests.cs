using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Drift.Dashboards.Tests.Grafana;
using Drift.Support;

namespace Drift.Dashboards.Tests;

/// <summary>What the provisioned dashboards are made of.</summary>
public sealed class DashboardTests
{
    private static readonly Dictionary<string, string> Uids = new(StringComparer.Ordinal)
    {
        ["cluster"] = "drift-cluster",
        ["drift-accuracy-tracking"] = "drift-accuracy-tracking",
        ["drift-kl-divergence"] = "drift-kl-divergence",
        ["drift-overview"] = "drift-overview",
        ["drift-psi-trends"] = "drift-psi-trends",
        ["evidently-style-batch-view"] = "evidently-batch-view",
        ["learning-engine"] = "learning-engine",
        ["model-performance-quality"] = "model-performance-quality",
    };

    [Fact]
    public void The_dashboards_keep_their_uids_because_links_and_bookmarks_hold_them() =>
        Assert.Equal(Uids, Dashboard.All().ToDictionary(d => d.Name, d => d.Uid, StringComparer.Ordinal));

    [Fact]
    public async Task Every_dashboard_fits_Grafanas_schema()
    {
        foreach (var dashboard in Dashboard.All())
            Assert.Equal([], await PanelSchemas.FaultsAsync(dashboard));
    }

    [Fact]
    public async Task A_dashboard_with_a_field_that_Grafana_does_not_know_does_not_fit_its_schema()
    {
        var dashboard = Dashboard.Named("drift-overview");
        dashboard.Panels[0].Json["options"]!["minVizWidht"] = 75;
        dashboard.Json["refrehs"] = "30s";

        var faults = await PanelSchemas.FaultsAsync(dashboard);

        Assert.Contains(faults, f => f.Contains("minVizWidht", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("refrehs", StringComparison.Ordinal));
    }

    [JsonnetFact]
    public async Task The_committed_dashboards_are_what_their_sources_build()
    {
        using var built = new TempDirectory("drift-grafana-");
        using var build = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "grafana", "build.sh"), built.Path]) { RedirectStandardError = true })!;
        var errors = await build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, errors);

        Assert.Equal(Names(Dashboard.Folder), Names(built.Path));
        foreach (var name in Names(built.Path))
        {
            // Compared as JSON: releases of jsonnet differ in how they indent.
            var fresh = JsonNode.Parse(await File.ReadAllTextAsync(built[name]));
            Assert.True(JsonNode.DeepEquals(fresh, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Dashboard.Folder, name)))), $"{name} is not what its source builds: run make grafana-build");
        }

        static IEnumerable<string> Names(string folder) => Directory.GetFiles(folder, "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_dashboard_refreshes_every_30_seconds_and_links_to_the_others() => Assert.All(Dashboard.All(), d =>
    {
        Assert.Equal("30s", (string?)d.Json["refresh"]);
        var link = Assert.Single(d.Json["links"]!.AsArray())!;
        Assert.Equal(("dashboards", true, true), ((string?)link["type"], (bool)link["includeVars"]!, (bool)link["keepTime"]!));
        Assert.Equal((string?)link["tags"]![0], (string?)d.Json["tags"]![0]);
    });

    [Theory]
    [InlineData("drift-overview", "tenant,model,feature,window")]
    [InlineData("drift-kl-divergence", "tenant,model,feature,window")]
    [InlineData("drift-psi-trends", "tenant,model,feature,window")]
    [InlineData("drift-accuracy-tracking", "tenant,model,window")]
    [InlineData("model-performance-quality", "tenant,model,feature")]
    [InlineData("evidently-style-batch-view", "tenant,model")]
    [InlineData("learning-engine", "tenant,model")]
    [InlineData("cluster", "node")]
    public void A_dashboard_can_be_narrowed_by_the_variables_that_its_queries_use(string name, string variables)
    {
        var dashboard = Dashboard.Named(name);
        var queries = string.Join('\n', dashboard.Panels.SelectMany(p => p.Targets).Concat(dashboard.Variables).Select(q => (string?)q["expr"] ?? (string?)q["rawSql"] ?? (string?)q["definition"]));

        Assert.Equal(variables.Split(','), dashboard.Variables.Select(v => (string)v["name"]!));
        Assert.All(variables.Split(','), v => Assert.True(
            queries.Contains($"${v}", StringComparison.Ordinal) || queries.Contains($"${{{v}:", StringComparison.Ordinal), $"no query of {name} uses ${v}"));
    }

    [Fact]
    public void Every_panel_says_what_it_shows_and_stands_in_a_place_of_its_own() => Assert.All(Dashboard.All(), d =>
    {
        Assert.All(d.Panels, p => Assert.EndsWith(".", p.Description, StringComparison.Ordinal));
        var ids = d.Panels.Select(p => p.Id).Concat(d.Rows.Select(r => (int)r["id"]!)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());

        var taken = new HashSet<(int, int)>();
        foreach (var (x, y, w, h) in d.Panels.Select(p => p.Place).Concat(d.Rows.Select(r => Panel.Of(r["gridPos"]!))))
        {
            Assert.InRange(x + w, 1, 24);
            for (var i = 0; i < w * h; i++)
                Assert.True(taken.Add((x + (i % w), y + (i / w))), $"{d.Name}: two panels at {x + (i % w)}, {y + (i / w)}");
        }
    });

    [Theory]
    [InlineData("drift-overview", "KL divergence", "green,yellow 0.1,orange 0.15,red 0.2")]
    [InlineData("drift-overview", "PSI", "green,yellow 0.1,orange 0.2,red 0.3")]
    [InlineData("drift-overview", "Accuracy", "red,orange 0.7,yellow 0.75,green 0.8")]
    [InlineData("drift-kl-divergence", "KL divergence now", "green,yellow 0.1,orange 0.15,red 0.2")]
    [InlineData("drift-psi-trends", "PSI now", "green,yellow 0.1,orange 0.2,red 0.3")]
    [InlineData("drift-accuracy-tracking", "Accuracy now", "red,orange 0.7,yellow 0.75,green 0.8")]
    public void A_gauge_has_the_colours_of_the_default_thresholds(string name, string title, string expected)
    {
        var gauge = Dashboard.Named(name).Panels.Single(p => p.Title == title && p.Type == "gauge");
        var steps = gauge.Defaults["thresholds"]!["steps"]!.AsArray()
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{(string?)s!["color"]} {(double?)s["value"]}").TrimEnd());

        Assert.Equal(expected, string.Join(',', steps));
    }

    [Fact]
    public void The_page_has_a_picture_of_every_dashboard()
    {
        var docs = Path.Combine(Repository.Root, "docs");
        var page = File.ReadAllText(Path.Combine(docs, "dashboards.md"));

        Assert.All(Dashboard.All(), d =>
        {
            Assert.Contains($"`{d.Uid}`", page, StringComparison.Ordinal);
            Assert.Contains($"(pictures/dashboards/{d.Name}.png)", page, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(Path.Combine(docs, "pictures", "dashboards", d.Name + ".png")).Length, 10_000, 200_000);
        });
    }

    [Fact]
    public void Every_value_has_a_unit() => Assert.All(
        Dashboard.All().SelectMany(d => d.Panels).Where(p => p.Type is "timeseries" or "gauge"),
        p => Assert.False(string.IsNullOrEmpty((string?)p.Defaults["unit"]), $"{p.Title} has no unit"));
}
