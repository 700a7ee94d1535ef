using System.Text.Json;
using System.Text.RegularExpressions;
using Drift.Support;

namespace Drift.Architecture.Tests;

public sealed partial class SolutionTests
{
    [Fact]
    public void The_solution_holds_every_project()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "Orleans.Drift.sln"));
        var listed = ProjectPaths().Matches(text).Select(m => m.Groups[1].Value.Replace('\\', '/'));
        AssertSame(Project.All.Select(p => p.RelativePath), listed, "Orleans.Drift.sln (dotnet sln add …)");
    }

    [Fact]
    public void The_standalone_filter_holds_every_project_that_does_not_need_Orleans()
    {
        using var filter = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "Orleans.Drift.Standalone.slnf")));
        var listed = filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(p => p.GetString()!.Replace('\\', '/'));
        AssertSame(Project.All.Where(p => !p.BelongsToOrleansHalf).Select(p => p.RelativePath), listed, "Orleans.Drift.Standalone.slnf");
    }

    [Fact]
    public void Package_versions_stand_in_Directory_Packages_props_only()
    {
        var versions = Project.All.SelectMany(p => p.PackagesWithVersion.Select(id => $"{p}: {id}")).ToList();
        Assert.True(versions.Count == 0, $"Move these versions to Directory.Packages.props: {string.Join(", ", versions)}");
    }

    [Fact]
    public void Every_source_project_has_tests()
    {
        // Thin by design: Grains.Interfaces is one line per interface.
        var untested = Project.Source.Where(p => p.Name != "Grains.Interfaces" && Project.All.All(t => t.Name != $"{p.Name}.Tests"));
        Assert.Empty(untested);
    }

    private static void AssertSame(IEnumerable<string> onDisk, IEnumerable<string> listed, string where)
    {
        var disk = onDisk.ToHashSet();
        var list = listed.ToHashSet();
        var missing = disk.Except(list).Select(p => $"add {p}");
        var stray = list.Except(disk).Select(p => $"remove {p}");
        var changes = string.Join("; ", missing.Concat(stray));
        Assert.True(changes.Length == 0, $"{where}: {changes}");
    }

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPaths();
}
