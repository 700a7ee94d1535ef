using System.Text.Json.Nodes;

namespace Drift.Dashboards.Tests.Grafana;

/// <summary>A panel with its queries.</summary>
internal sealed class Panel(JsonObject json)
{
    /// <summary>How a description ends whose panel needs a cluster: on one process Orleans publishes nothing.</summary>
    private const string ClusterOnly = "Only where the silo runs.";

    public JsonObject Json { get; } = json;

    public int Id => (int)Json["id"]!;

    public string Title => (string)Json["title"]!;

    public string Type => (string)Json["type"]!;

    public string Description => (string?)Json["description"] ?? "";

    public bool NeedsCluster => Description.EndsWith(ClusterOnly, StringComparison.Ordinal);

    /// <summary>How far it looks back, whatever the dashboard shows; null: as the dashboard.</summary>
    public TimeSpan? TimeFrom { get; } = (string?)json["timeFrom"] is { } time ? Duration.Parse(time) : null;

    public IReadOnlyList<JsonObject> Targets { get; } = [.. json["targets"]!.AsArray().Select(t => t!.AsObject())];

    public (int X, int Y, int W, int H) Place => Of(Json["gridPos"]!);

    public JsonNode Defaults => Json["fieldConfig"]!["defaults"]!;

    public static (int X, int Y, int W, int H) Of(JsonNode place) => ((int)place["x"]!, (int)place["y"]!, (int)place["w"]!, (int)place["h"]!);
}
