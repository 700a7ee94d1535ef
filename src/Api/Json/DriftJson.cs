using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Drift.Api.Json;

/// <summary>How JSON is written and read: snake_case, enums as words, absent fields omitted, times UTC with Z.</summary>
internal static class DriftJson
{
    /// <summary>For what is sent.</summary>
    public static DriftJsonContext Output { get; } = new(Configure(new JsonSerializerOptions()));

    /// <summary>
    /// For settings and other small bodies that are received: a member that nobody knows, or one given twice, is an error. Read by
    /// reflection, because generated code sets every init-only property and so loses the defaults of those that are absent.
    /// </summary>
    public static JsonSerializerOptions Input { get; } = Configure(new JsonSerializerOptions
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    });

    /// <summary>Sets everything but the resolver.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        // The answers are JSON, never parts of a page, so 'é' and '<' need no escapes.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }
}
