using System.Globalization;
using System.Reflection;
using Drift.Grains.Calls;
using Drift.Silo.Cluster;
using Drift.Standalone.Tests.Docs;

namespace Drift.Silo.Tests;

/// <summary><c>docs/cluster.md</c> has every option that a silo has besides those of a single process.</summary>
public sealed class ClusterPageTests
{
    private static readonly (Type Type, string Section)[] Options =
        [(typeof(ClusterHostOptions), ClusterHostOptions.SectionName), (typeof(CallOptions), CallOptions.SectionName)];

    [Fact]
    public void It_has_every_option_of_the_cluster_with_its_default_and_no_other()
    {
        var options = Options.SelectMany(o => o.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(p => (Key: $"{o.Section}:{p.Name}", Default: Convert.ToString(p.GetValue(Activator.CreateInstance(o.Type)), CultureInfo.InvariantCulture)!)))
            .ToDictionary(o => o.Key, o => o.Default, StringComparer.Ordinal);

        var table = Markdown.Table(Markdown.Read("docs/cluster.md"), "Configuration");

        Assert.Equal(options.Keys.Order(StringComparer.Ordinal), table.Select(r => r[0].Trim('`')).Order(StringComparer.Ordinal));
        foreach (var row in table)
        {
            var key = row[0].Trim('`');
            Assert.Equal(key.Replace(":", "__", StringComparison.Ordinal), row[1].Trim('`'));
            // What is filled in from elsewhere is described there.
            if (options[key].Length > 0)
                Assert.Equal((key, options[key]), (key, row[2]));
        }
    }

    [Fact]
    public void No_other_type_of_the_cluster_is_read_from_configuration()
    {
        var sections = new[] { typeof(ClusterHostOptions).Assembly, typeof(CallOptions).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => t.GetField("SectionName") is not null);

        Assert.Equal(Options.Select(o => o.Type.Name).Order(StringComparer.Ordinal), sections.Select(t => t.Name).Order(StringComparer.Ordinal));
    }
}
