using System.Text.RegularExpressions;
using Drift.Standalone.Tests.Docs;
using Drift.Support;

namespace Drift.Standalone.Tests.Gpus;

/// <summary>The alert rules about GPUs.</summary>
public sealed partial class GpuRulesTests
{
    private static readonly string Rules = Path.Combine(Repository.Root, "deploy", "prometheus", "rules", "gpu.yml");

    [PrometheusFact]
    public async Task Promtool_finds_them_sound_and_their_tests_pass()
    {
        var check = await Promtool.CheckRulesAsync(Rules);
        Assert.True(check.ExitCode == 0, check.Output);

        var test = await Promtool.TestRulesAsync(Path.Combine(Repository.Root, "deploy", "prometheus", "tests", "gpu_test.yml"));
        Assert.True(test.ExitCode == 0, test.Output);
    }

    [Fact]
    public void They_ask_for_metrics_that_are_exported_and_each_is_tested()
    {
        var text = File.ReadAllText(Rules);
        var exported = Markdown.Table(Markdown.Read("docs/metrics.md"), "GPUs").Select(r => r[0].Trim('`')).ToHashSet(StringComparer.Ordinal);
        var tests = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "tests", "gpu_test.yml"));

        Assert.Equal([], Metrics().Matches(string.Join('\n', text.Split('\n').Where(l => !l.Contains("description:", StringComparison.Ordinal)))).Select(m => m.Value).Except(exported));
        foreach (Match alert in Alerts().Matches(text))
            Assert.Contains($"alertname: {alert.Groups[1].Value}\n", tests, StringComparison.Ordinal);
        Assert.Contains("## A GPU alarm", File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")), StringComparison.Ordinal);
    }

    [GeneratedRegex("(DCGM_FI|drift_gpu)_[A-Za-z_]+")]
    private static partial Regex Metrics();

    [GeneratedRegex("alert: ([A-Za-z]+)")]
    private static partial Regex Alerts();
}
