using System.Text.Json;
using Drift.Api.Errors;

namespace Drift.Api.Integrations;

/// <summary>What MLflow tells of its model registry; what else it sends is left aside.</summary>
/// <param name="Kind">The entity and the action: <c>model_version.created</c>, <c>model_version_alias.created</c> …</param>
/// <param name="Name">The registered model.</param>
/// <param name="Version">The version; absent when an alias is deleted.</param>
/// <param name="Alias">The alias.</param>
/// <param name="Source">Where the version's artifacts are.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="Description">What its author says of it.</param>
/// <param name="Tags">Its tags.</param>
internal sealed record MlflowEvent(
    string Kind, string? Name, string? Version, string? Alias, string? Source, string? RunId, string? Description, IReadOnlyDictionary<string, string> Tags)
{
    private const int MaxText = 2_000;

    /// <summary>Reads a delivery's body.</summary>
    /// <exception cref="ApiException">It is no event of MLflow.</exception>
    public static MlflowEvent Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ApiException(ErrorKind.MalformedBody, "The body must be an object.");
            var data = document.RootElement.TryGetProperty("data", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
            return new MlflowEvent(
                $"{Required(document.RootElement, "entity")}.{Required(document.RootElement, "action")}",
                Text(data, "name"), Text(data, "version"), Text(data, "alias"), Text(data, "source"), Text(data, "run_id"), Text(data, "description"), TagsOf(data));
        }
        catch (JsonException)
        {
            throw new ApiException(ErrorKind.MalformedBody, "The body is no valid JSON.");
        }
    }

    private static string Required(JsonElement root, string name) =>
        Text(root, name) ?? throw ApiException.ForField(ErrorKind.InvalidRequest, name, "is missing, it must be a text");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 and <= MaxText } text ? text : null;

    private static Dictionary<string, string> TagsOf(JsonElement data)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty("tags", out var found) || found.ValueKind != JsonValueKind.Object)
            return tags;
        foreach (var tag in found.EnumerateObject())
        {
            if (tag.Value.ValueKind == JsonValueKind.String && tag.Value.GetString() is { } value)
                tags[tag.Name] = value;
        }

        return tags;
    }
}
