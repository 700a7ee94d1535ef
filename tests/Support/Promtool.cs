using System.Diagnostics;

namespace Drift.Support;

/// <summary>Prometheus' own checker.</summary>
public static class Promtool
{
    /// <summary>Runs <c>promtool check metrics</c> on an exposition.</summary>
    /// <returns>Exit code 0 when it is valid and follows the naming rules, 3 when only a naming rule is broken, and what was said.</returns>
    public static Task<PromtoolResult> CheckMetricsAsync(string text, CancellationToken cancellationToken = default)
        => RunAsync(text, ["check", "metrics"], cancellationToken);

    /// <summary>Runs <c>promtool check rules</c> on a rule file.</summary>
    public static Task<PromtoolResult> CheckRulesAsync(string path, CancellationToken cancellationToken = default)
        => RunAsync("", ["check", "rules", path], cancellationToken);

    /// <summary>Runs <c>promtool test rules</c> on a file of rule tests.</summary>
    public static Task<PromtoolResult> TestRulesAsync(string path, CancellationToken cancellationToken = default)
        => RunAsync("", ["test", "rules", path], cancellationToken);

    /// <summary>Runs <c>promtool check config</c> on a configuration and the rule files that it names.</summary>
    public static Task<PromtoolResult> CheckConfigAsync(string path, CancellationToken cancellationToken = default)
        => RunAsync("", ["check", "config", path], cancellationToken);

    /// <summary>Runs <c>promtool tsdb create-blocks-from openmetrics</c>: samples with times become the data of a server that is not started yet.</summary>
    public static Task<PromtoolResult> CreateBlocksAsync(string openMetrics, string data, CancellationToken cancellationToken = default)
        => RunAsync("", ["tsdb", "create-blocks-from", "openmetrics", openMetrics, data], cancellationToken);

    private static async Task<PromtoolResult> RunAsync(string input, string[] arguments, CancellationToken cancellationToken)
    {
        var promtool = Executables.Find("promtool") ?? throw new InvalidOperationException($"This test {PrometheusServer.Missing}.");
        var start = new ProcessStartInfo(promtool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("promtool did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return new PromtoolResult(process.ExitCode, await output + await error);
    }
}
