using Drift.Support;

namespace Drift.Dashboards.Tests;

/// <summary>The rule files that Prometheus loads.</summary>
internal static class Rules
{
    public static string Folder => Path.Combine(Repository.Root, "deploy", "prometheus");

    /// <summary>Recording and alert rules.</summary>
    public static IReadOnlyList<string> Files => [.. Directory.GetFiles(Path.Combine(Folder, "rules"), "*.yml").Order(StringComparer.Ordinal)];
}
