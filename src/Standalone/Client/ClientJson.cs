using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Drift.Actors;
using Drift.Core.Detection;
using Drift.Core.Settings;

namespace Drift.Standalone.Client;

/// <summary>JSON as the API speaks it: snake_case, enums as words, absent fields omitted, times UTC with Z.</summary>
[JsonSerializable(typeof(ModelSettings))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ReferenceDescription))]
[JsonSerializable(typeof(IngestReceipt))]
[JsonSerializable(typeof(ProblemReply))]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(GpuReports))]
[JsonSerializable(typeof(GpuReceipt))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    /// <summary>For the wire.</summary>
    public static ClientJson Wire { get; } = new(Configure(indented: false));

    /// <summary>For people and for <c>jq</c>: the same with line breaks.</summary>
    public static ClientJson Readable { get; } = new(Configure(indented: true));

    private static JsonSerializerOptions Configure(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        Converters = { new UtcTimes(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private sealed class UtcTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime);
    }
}
