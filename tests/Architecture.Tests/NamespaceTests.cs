using System.Text.RegularExpressions;
using Drift.Support;

namespace Drift.Architecture.Tests;

public sealed partial class NamespaceTests
{
    [Fact]
    public void A_source_file_declares_the_namespace_of_its_folder()
    {
        var wrong = from project in Project.Source
                    from file in project.SourceFiles
                    let expected = Expected(project, file)
                    let declared = Declared(file)
                    where declared != expected && !(declared is null && MayLackNamespace(file))
                    select $"{Relative(file)}: {declared ?? "none"}, expected {expected}";
        AssertNone(wrong);
    }

    [Fact]
    public void Tests_and_benchmarks_stay_within_our_namespace()
    {
        var wrong = from project in Project.All.Except(Project.Source)
                    from file in project.SourceFiles
                    let declared = Declared(file)
                    where declared is null ? !MayLackNamespace(file) : !declared.StartsWith("Drift.", StringComparison.Ordinal)
                    select $"{Relative(file)}: {declared ?? "none"}, expected one that starts with Drift.";
        AssertNone(wrong);
    }

    private static string Expected(Project project, string file)
    {
        var folder = Path.GetRelativePath(project.Folder, Path.GetDirectoryName(file)!);
        var names = folder == "." ? [] : folder.Split(Path.DirectorySeparatorChar);
        return string.Join('.', ["Drift", project.Name, .. names]);
    }

    private static string? Declared(string file)
        => Namespace().Match(File.ReadAllText(file)) is { Success: true } match ? match.Groups[1].Value : null;

    // Files of statements or attributes, without types.
    private static bool MayLackNamespace(string file) => Path.GetFileName(file) is "Program.cs" or "GlobalUsings.cs" or "AssemblyInfo.cs";

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    private static void AssertNone(IEnumerable<string> wrong)
    {
        var list = string.Join('\n', wrong);
        Assert.True(list.Length == 0, list);
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
