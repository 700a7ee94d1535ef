using System.Text.RegularExpressions;
using Drift.Support;

namespace Drift.Deploy.Tests;

/// <summary>What the sources and the docs say, that manifests must agree with.</summary>
internal static partial class Code
{
    private static readonly string[] Documents = ["operations.md", "cluster.md"];

    /// <summary>Every option that the docs list, as the name of its environment variable, <c>N</c> for an index.</summary>
    public static IReadOnlySet<string> DocumentedOptions { get; } = Documents
        .Select(d => Path.Combine(Repository.Root, "docs", d)).Where(File.Exists)
        .SelectMany(f => Option().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal)))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The variables that the silo reads by their own names.</summary>
    public static IReadOnlySet<string> PlainVariables { get; } = Sources("Silo")
        .SelectMany(t => PlainVariable().Matches(t).Select(m => m.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of the options of a silo's place in its cluster.</summary>
    public static IReadOnlyList<string> ClusterOptions { get; } =
        [.. Property().Matches(File.ReadAllText(Source("Silo/Cluster/ClusterHostOptions.cs"))).Select(m => m.Groups[1].Value)];

    /// <summary>The paths of the probes.</summary>
    public static IReadOnlySet<string> HealthPaths { get; } = Sources("Api")
        .SelectMany(t => HealthPath().Matches(t).Select(m => m.Value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>How long a silo takes at most to stop.</summary>
    public static TimeSpan ShutdownTimeout { get; } =
        TimeSpan.FromSeconds(int.Parse(Shutdown().Match(File.ReadAllText(Source("Silo/SiloHost.cs"))).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>An environment variable's name with every index as <c>N</c>.</summary>
    public static string WithoutIndices(string variable) =>
        string.Join("__", variable.Split("__").Select(p => p.All(char.IsAsciiDigit) ? "N" : p));

    private static string Source(string path) => Path.Combine(Repository.Root, "src", path);

    private static IEnumerable<string> Sources(string project) => Directory.EnumerateFiles(Source(project), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

    [GeneratedRegex(@"^\| `(Drift:[A-Za-z0-9:]+)`", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex("""onfiguration\["([A-Z][A-Z0-9_]+)"\]""")]
    private static partial Regex PlainVariable();

    [GeneratedRegex(@"public [A-Za-z]+ (\w+) \{ get; set; \}")]
    private static partial Regex Property();

    [GeneratedRegex("/health/[a-z]+")]
    private static partial Regex HealthPath();

    [GeneratedRegex(@"shutdownTimeout: TimeSpan\.FromSeconds\((\d+)\)")]
    private static partial Regex Shutdown();
}
