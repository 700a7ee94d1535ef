using System.Text.Json.Nodes;
using Drift.Support;

namespace Drift.Dashboards.Tests.Grafana;

/// <summary>A provisioned dashboard.</summary>
internal sealed class Dashboard(string file, JsonObject json)
{
    /// <summary>Where they lie.</summary>
    public static string Folder => Path.Combine(Repository.Root, "grafana", "dashboards");

    /// <summary>Its file without folder and extension.</summary>
    public string Name { get; } = Path.GetFileNameWithoutExtension(file);

    public JsonObject Json { get; } = json;

    public string Uid => (string)Json["uid"]!;

    public string Title => (string)Json["title"]!;

    /// <summary>How far it looks back when it is opened.</summary>
    public TimeSpan Range { get; } = Duration.Parse(((string)json["time"]!["from"]!)["now-".Length..]);

    /// <summary>Its panels, rows of panels left out.</summary>
    public IReadOnlyList<Panel> Panels { get; } =
        [.. json["panels"]!.AsArray().Where(p => (string)p!["type"]! != "row").Select(p => new Panel(p!.AsObject()))];

    public IReadOnlyList<JsonObject> Rows { get; } = [.. json["panels"]!.AsArray().Where(p => (string)p!["type"]! == "row").Select(p => p!.AsObject())];

    public IReadOnlyList<JsonObject> Variables { get; } = [.. json["templating"]!["list"]!.AsArray().Select(v => v!.AsObject())];

    public IReadOnlyList<JsonObject> Annotations { get; } = [.. json["annotations"]!["list"]!.AsArray().Select(a => a!.AsObject())];

    public static IReadOnlyList<Dashboard> All() =>
        [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(f => new Dashboard(f, JsonNode.Parse(File.ReadAllText(f))!.AsObject()))];

    public static Dashboard Named(string name) => All().Single(d => d.Name == name);
}
