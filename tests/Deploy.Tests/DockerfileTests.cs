using System.Text.RegularExpressions;
using Drift.Support;

namespace Drift.Deploy.Tests;

public sealed partial class DockerfileTests
{
    public static TheoryData<string> Dockerfiles =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "docker"), "*.Dockerfile").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Dockerfiles))]
    public void An_image_runs_what_it_publishes_as_a_user_without_rights(string name)
    {
        var text = Read(name);
        var project = Published().Match(text).Groups[1].Value;

        Assert.True(File.Exists(Path.Combine(Repository.Root, project)), $"{name} publishes {project}, which is not there.");
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"Drift.{Path.GetFileNameWithoutExtension(project)}.dll\"]", text, StringComparison.Ordinal);
        var last = text[text.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        Assert.Matches(@"\nUSER [1-9][0-9]*\n", last);
        Assert.Contains("EXPOSE 8080", last, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Dockerfiles))]
    public void An_image_is_made_from_images_with_a_version(string name) =>
        Assert.All(From().Matches(Read(name)), m => Images.AssertPinned(m.Groups[1].Value));

    [Fact]
    public void What_a_build_needs_is_in_its_context_and_nothing_that_it_leaves_behind()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).Where(l => l.Length > 0 && !l.StartsWith('#')).ToArray();
        var kept = lines.Where(l => l.StartsWith('!')).Select(l => l[1..]).ToHashSet(StringComparer.Ordinal);

        Assert.Equal("**", lines[0]);
        Assert.Contains("src", kept);
        // What MSBuild reads on its own, and what the projects under src name.
        Assert.All(
            Directory.GetFiles(Repository.Root).Select(f => Path.GetFileName(f))
                .Where(f => f.StartsWith("Directory.", StringComparison.Ordinal) || f is "global.json" or "BannedSymbols.txt" or ".editorconfig"),
            f => Assert.Contains(f, kept));
        Assert.DoesNotContain(kept, k => k is "data" or ".env" or "artifacts");
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "docker", name));

    [GeneratedRegex(@"dotnet publish (\S+)")]
    private static partial Regex Published();

    [GeneratedRegex(@"^FROM (\S+)", RegexOptions.Multiline)]
    private static partial Regex From();
}
