using System.Text.RegularExpressions;
using Drift.Dashboards.Tests.Grafana;
using Drift.Support;
using YamlDotNet.RepresentationModel;

namespace Drift.Dashboards.Tests;

/// <summary>What Grafana starts with.</summary>
public sealed partial class ProvisioningTests
{
    private static string Folder => Path.Combine(Repository.Root, "grafana");

    [Fact]
    public void Every_query_names_a_data_source_that_is_provisioned()
    {
        var provisioned = Items(Load("provisioning/datasources/drift.yml")["datasources"]).Select(d => (Text(d["uid"]), Text(d["type"]))).ToHashSet();

        foreach (var dashboard in Dashboard.All())
        {
            var queries = dashboard.Panels.SelectMany(p => p.Targets).Concat(dashboard.Variables).Concat(dashboard.Annotations);
            Assert.All(queries, q => Assert.Contains(((string)q["datasource"]!["uid"]!, (string)q["datasource"]!["type"]!), provisioned));
        }
    }

    [Fact]
    public void No_password_stands_in_a_file_and_compose_refuses_to_start_without_one()
    {
        foreach (var file in Directory.GetFiles(Folder, "*.y*ml", SearchOption.AllDirectories))
            Assert.All(Password().Matches(File.ReadAllText(file)), m => Assert.Matches(@"^(\$DRIFT_\w+|\$\{\w+:\?[^}]+\})$", m.Groups[1].Value));
        Assert.Equal(2, RequiredValue().Count(File.ReadAllText(Path.Combine(Folder, "compose.yaml"))));
    }

    [Fact]
    public void Compose_sets_every_variable_that_provisioning_reads()
    {
        var compose = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));
        var read = Directory.GetFiles(Path.Combine(Folder, "provisioning"), "*.yml", SearchOption.AllDirectories)
            .SelectMany(f => Read().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value);

        Assert.All(read, v => Assert.Contains($"      {v}: ", compose, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_compose_mounts_is_here()
    {
        var volumes = Items(Load("compose.yaml")["services"]["grafana"]["volumes"]).Concat(Items(Load("compose.yaml")["services"]["prometheus"]["volumes"]))
            .Select(v => Text(v).Split(':')[0])
            .Where(v => v.StartsWith('.'));

        Assert.All(volumes, v => Assert.True(Directory.Exists(Path.Combine(Folder, v)), v));
    }

    private static YamlNode Load(string path)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path.Combine(Folder, path));
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }

    private static IEnumerable<YamlNode> Items(YamlNode node) => (YamlSequenceNode)node;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    [GeneratedRegex(@"(?i)password\w*:\s*(\S.*?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Password();

    [GeneratedRegex(@"\$\{\w+PASSWORD:\?")]
    private static partial Regex RequiredValue();

    [GeneratedRegex(@"\$(DRIFT_\w+)")]
    private static partial Regex Read();
}
