namespace Drift.Architecture.Tests;

public sealed class LayerTests
{
    public static TheoryData<string> SourceProjects => [.. Project.Source.Select(p => p.Name)];

    [Fact]
    public void Every_source_project_has_its_line_in_the_table_of_layers()
    {
        var unknown = Project.Source.Where(p => !Layers.Table.ContainsKey(p.Name)).ToList();
        Assert.True(
            unknown.Count == 0,
            $"Not in a layer: {string.Join(", ", unknown)}. Add a line to Layers.Table in tests/Architecture.Tests/Layers.cs and to docs/architecture.md.");
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void A_project_refers_only_to_the_layers_below_it(string name)
    {
        var (project, layer) = Find(name);
        AssertNone(project, project.Projects.Where(p => !layer.AllowsProject(p)), "the project");
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void A_project_refers_only_to_the_packages_of_its_layer(string name)
    {
        var (project, layer) = Find(name);
        AssertNone(project, project.Packages.Where(p => !layer.AllowsPackage(p)), "the package");
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Only_the_layers_that_speak_HTTP_build_on_ASP_NET(string name)
    {
        var (project, layer) = Find(name);
        Assert.True(layer.AspNet || !project.UsesAspNet, $"{project} must not build on ASP.NET.");
    }

    [Fact]
    public void Only_the_Orleans_half_refers_to_Orleans()
    {
        var others = Project.All.Where(p => !p.BelongsToOrleansHalf && p.Packages.Any(id => id.StartsWith("Microsoft.Orleans.", StringComparison.Ordinal)));
        Assert.Empty(others);
    }

    [Fact]
    public void No_layer_is_part_of_a_circle()
    {
        foreach (var project in Project.Source)
            Assert.DoesNotContain(project.Name, Below(project.Name));

        static HashSet<string> Below(string name)
        {
            var seen = new HashSet<string>();
            var open = new Queue<string>([name]);
            while (open.TryDequeue(out var next))
                foreach (var below in Project.Source.Where(p => p.Name == next).SelectMany(p => p.Projects).Where(seen.Add))
                    open.Enqueue(below);

            return seen;
        }
    }

    // A project without a line fails the test that says so; here it may refer to nothing.
    private static (Project Project, Layer Layer) Find(string name)
        => (Project.Source.Single(p => p.Name == name), Layers.Table.GetValueOrDefault(name) ?? new Layer());

    private static void AssertNone(Project project, IEnumerable<string> refused, string what)
    {
        var list = string.Join(", ", refused);
        Assert.True(
            list.Length == 0,
            $"{project} must not refer to {what} {list}: see docs/architecture.md, and tests/Architecture.Tests/Layers.cs for what it may refer to.");
    }
}
