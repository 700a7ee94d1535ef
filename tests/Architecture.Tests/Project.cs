using System.Xml.Linq;
using Drift.Support;

namespace Drift.Architecture.Tests;

/// <summary>A project file as it stands on disk.</summary>
internal sealed class Project
{
    private readonly XElement _xml;

    private Project(string path)
    {
        FullPath = path;
        _xml = XElement.Load(path);
    }

    /// <summary>Every project of the repository.</summary>
    public static IReadOnlyList<Project> All { get; } = [.. new[] { "src", "tests", "benchmarks" }.SelectMany(In)];

    /// <summary>The projects under <c>src</c>.</summary>
    public static IReadOnlyList<Project> Source { get; } = [.. In("src")];

    public string FullPath { get; }

    public string Folder => Path.GetDirectoryName(FullPath)!;

    public string Name => Path.GetFileNameWithoutExtension(FullPath);

    /// <summary>The path from the repository's root, with slashes.</summary>
    public string RelativePath => Path.GetRelativePath(Repository.Root, FullPath).Replace('\\', '/');

    public string Sdk => (string?)_xml.Attribute("Sdk") ?? "";

    public IEnumerable<string> Projects => Items("ProjectReference").Select(i => Path.GetFileNameWithoutExtension(Include(i).Replace('\\', '/')));

    public IEnumerable<string> Packages => Items("PackageReference").Select(Include);

    public IEnumerable<string> PackagesWithVersion
        => Items("PackageReference")
            .Where(i => i.Attribute("Version") is not null || i.Attribute("VersionOverride") is not null
                || i.Element("Version") is not null || i.Element("VersionOverride") is not null)
            .Select(Include);

    /// <summary>Whether it builds on ASP.NET, by its SDK or by a reference.</summary>
    public bool UsesAspNet => Sdk == "Microsoft.NET.Sdk.Web" || Items("FrameworkReference").Select(Include).Contains("Microsoft.AspNetCore.App");

    /// <summary>The C# files that are compiled into it.</summary>
    public IEnumerable<string> SourceFiles
        => Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories).Where(f => !IsBuildOutput(Path.GetRelativePath(Folder, f)));

    /// <summary>Whether it, or a project it refers to, needs Orleans.</summary>
    public bool BelongsToOrleansHalf
        => Layers.OrleansHalf.Contains(Name)
            || Projects.Any(name => All.Any(p => p.Name == name && p.BelongsToOrleansHalf));

    public override string ToString() => RelativePath;

    private static IEnumerable<Project> In(string folder)
    {
        var root = Path.Combine(Repository.Root, folder);
        return Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Where(f => !IsBuildOutput(Path.GetRelativePath(root, f)))
            .Order(StringComparer.Ordinal)
            .Select(f => new Project(f));
    }

    private static bool IsBuildOutput(string path)
        => path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts");

    private IEnumerable<XElement> Items(string name) => _xml.Descendants(name).Where(e => e.Attribute("Include") is not null);

    private static string Include(XElement item) => item.Attribute("Include")!.Value;
}
