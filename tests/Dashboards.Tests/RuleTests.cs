using System.Text.RegularExpressions;
using Drift.Support;
using YamlDotNet.RepresentationModel;

namespace Drift.Dashboards.Tests;

/// <summary>The rules that Prometheus evaluates, and the configurations that it and Alertmanager start with.</summary>
public sealed partial class RuleTests
{
    private static readonly string[] AlertFiles = ["alerts.yml", "gpu.yml", "serving.yml"];

    private static IEnumerable<string> TestFiles => Directory.GetFiles(Path.Combine(Rules.Folder, "tests"), "*.yml");

    [PrometheusFact]
    public async Task Promtool_accepts_the_configuration_and_the_rules()
    {
        var config = await Promtool.CheckConfigAsync(Path.Combine(Rules.Folder, "prometheus.yml"));
        Assert.True(config.ExitCode == 0, config.Output);
        foreach (var file in Rules.Files)
        {
            var rules = await Promtool.CheckRulesAsync(file);
            Assert.True(rules.ExitCode == 0, rules.Output);
        }
    }

    [PrometheusFact]
    public async Task Promtool_accepts_the_configuration_for_Kubernetes_where_it_was_built_with_it()
    {
        var config = await Promtool.CheckConfigAsync(Path.Combine(Rules.Folder, "prometheus-kubernetes.yml"));
        // Debian's build knows no Kubernetes, and says so; anything else it says is a fault of ours.
        Assert.True(config.ExitCode == 0 || config.Output.Contains("field kubernetes_sd_configs not found", StringComparison.Ordinal), config.Output);
    }

    [Fact]
    public void The_configuration_for_Kubernetes_differs_in_how_nodes_are_found_only()
    {
        var plain = Load(Path.Combine(Rules.Folder, "prometheus.yml"));
        var kubernetes = Load(Path.Combine(Rules.Folder, "prometheus-kubernetes.yml"));

        foreach (var section in (string[])["global", "rule_files", "alerting"])
            Assert.Equal(plain[section], kubernetes[section]);
        Assert.Equal("15s", (string?)plain["global"]["scrape_interval"]);
        Assert.Equal(Jobs(plain), Jobs(kubernetes));

        static IEnumerable<string> Jobs(YamlNode config) => Items(config["scrape_configs"]).Select(j => Text(j["job_name"]));
    }

    [PrometheusFact]
    public async Task Every_alert_fires_when_it_should_and_only_then()
    {
        foreach (var file in TestFiles)
        {
            var result = await Promtool.TestRulesAsync(file);
            Assert.True(result.ExitCode == 0, result.Output);
        }
    }

    [Fact]
    public void Every_alert_is_tested_firing_and_not_firing()
    {
        var tests = TestFiles.SelectMany(f => Items(Load(f)["tests"])).SelectMany(t => Items(t["alert_rule_test"]))
            .ToLookup(t => Text(t["alertname"]), t => Items(t["exp_alerts"]).Any());

        Assert.All(Alerts(), a =>
        {
            Assert.True(tests[Text(a["alert"])].Contains(true), $"{a["alert"]} is not tested firing");
            Assert.True(tests[Text(a["alert"])].Contains(false), $"{a["alert"]} is not tested not firing");
        });
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_and_what_to_do()
    {
        var runbook = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "operations.md"))
            .Where(l => l.StartsWith('#'))
            .Select(l => NotInAnchor().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(Alerts(), a =>
        {
            Assert.NotEqual("", Text(a["for"]));
            Assert.Contains(Text(a["labels"]["severity"]), (string[])["critical", "warning"]);
            Assert.Contains(Text(a["labels"]["area"]), (string[])["model", "monitor", "gpu", "serving"]);
            Assert.NotEqual("", Text(a["labels"]["signal"]));
            Assert.NotEqual("", Text(a["annotations"]["summary"]));
            var link = Text(a["annotations"]["runbook_url"]).Split('#');
            Assert.Equal("docs/operations.md", link[0]);
            Assert.True(runbook.Contains(link[1]), $"{a["alert"]}: docs/operations.md has no heading for #{link[1]}");
        });
    }

    [Fact]
    public void The_page_lists_every_alert_with_its_severity()
    {
        var page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "dashboards.md"))
            .Where(l => ((string[])["Drift", "Gpu", "Serving", "Deploy", "Vllm"]).Any(p => l.StartsWith($"| `{p}", StringComparison.Ordinal)))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .Select(c => (c[1].Trim('`'), c[3]));

        Assert.Equal(Alerts().Select(a => (Text(a["alert"]), Text(a["labels"]["severity"]))), page);
    }

    [Fact]
    public void Alertmanager_mutes_only_alerts_that_exist()
    {
        var names = Alerts().Select(a => Text(a["alert"])).ToHashSet(StringComparer.Ordinal);
        var config = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "alertmanager", "alertmanager.yml"));

        Assert.Equal([], AlertName().Matches(config).Select(m => m.Value).Except(names));
    }

    private static IEnumerable<YamlNode> Alerts() =>
        AlertFiles.SelectMany(f => Items(Load(Path.Combine(Rules.Folder, "rules", f))["groups"])).SelectMany(g => Items(g["rules"]));

    private static YamlNode Load(string path)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(path);
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }

    private static IEnumerable<YamlNode> Items(YamlNode node) => (YamlSequenceNode)node;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("(Drift|Gpu)[A-Z][A-Za-z]+")]
    private static partial Regex AlertName();
}
