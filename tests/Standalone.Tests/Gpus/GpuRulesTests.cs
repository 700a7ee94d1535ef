using System.Text.RegularExpressions;
using Drift.Standalone.Tests.Docs;
using Drift.Support;

namespace Drift.Standalone.Tests.Gpus;

/// <summary>The alert rules about GPUs.</summary>
public sealed partial class GpuRulesTests
{
    [Fact]
    public void They_ask_only_for_metrics_that_are_exported()
    {
        var rules = File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "prometheus", "rules", "gpu.yml"))
            .Where(l => !l.Contains("description:", StringComparison.Ordinal));
        var exported = Markdown.Table(Markdown.Read("docs/metrics.md"), "GPUs").Select(r => r[0].Trim('`')).ToHashSet(StringComparer.Ordinal);

        var asked = Metrics().Matches(string.Join('\n', rules)).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(asked);
        Assert.Equal([], asked.Except(exported));
    }

    [GeneratedRegex("(DCGM_FI|drift_gpu)_[A-Za-z_]+")]
    private static partial Regex Metrics();
}
