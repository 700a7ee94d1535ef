using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Support;
using NJsonSchema;

namespace Drift.Dashboards.Tests.Grafana;

/// <summary>Grafana's own schemas of dashboards and of the panels that ours use.</summary>
internal static class PanelSchemas
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What is wrong with a dashboard, empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(Dashboard dashboard)
    {
        var faults = new List<string>();
        faults.AddRange((await SchemaAsync("dashboard", "Dashboard")).Validate(dashboard.Json.ToJsonString()).Select(e => $"{dashboard.Name}: {e.Path} {e.Kind}"));
        foreach (var panel in dashboard.Panels)
        {
            var file = panel.Type.Replace("-", "", StringComparison.Ordinal);
            faults.AddRange((await SchemaAsync(file, "Options")).Validate(panel.Json["options"]!.ToJsonString()).Select(e => $"{dashboard.Name}, {panel.Title}: options{e.Path} {e.Kind}"));
            if (panel.Defaults["custom"] is { } custom)
                faults.AddRange((await SchemaAsync(file, panel.Type == "table" ? "TableFieldOptions" : "FieldConfig")).Validate(custom.ToJsonString()).Select(e => $"{dashboard.Name}, {panel.Title}: custom{e.Path} {e.Kind}"));
        }

        return faults;
    }

    private static async Task<JsonSchema> SchemaAsync(string file, string definition)
    {
        var path = Path.Combine(Repository.Root, "tests", "Dashboards.Tests", "Schemas", $"{file}.jsonschema.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsObject();
        // Beside a reference the definitions would be overlooked.
        json.Remove("$ref");
        json["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/definitions/{definition}" });
        return await JsonSchema.FromJsonAsync(Loosened(json).ToJsonString(Indented));
    }

    // The generator of these schemas writes "anything at all" as an object without known properties, where Grafana takes texts and numbers too.
    private static JsonNode Loosened(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                if (members["type"]?.ToJsonString() == "\"object\"" && members["additionalProperties"]?.ToJsonString() == "{}" && members["properties"] is null)
                {
                    members.Remove("type");
                    members.Remove("additionalProperties");
                }

                foreach (var value in members.Select(m => m.Value).OfType<JsonNode>())
                    Loosened(value);
                break;
            case JsonArray items:
                foreach (var item in items.OfType<JsonNode>())
                    Loosened(item);
                break;
        }

        return node;
    }
}
