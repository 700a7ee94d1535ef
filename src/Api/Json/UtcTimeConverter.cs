using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Api.Json;

/// <summary>Times as RFC 3339 in UTC with Z; a time that is read without an offset is UTC, whatever the machine's time zone.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryRead(ref reader, out var value) ? value : throw new JsonException("is no time such as 2026-11-20T12:00:00Z");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);

    /// <summary>Reads the string that the reader stands on.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out DateTimeOffset value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTime(out var time))
            return false;
        if (time.Kind == DateTimeKind.Unspecified)
        {
            value = new DateTimeOffset(time, TimeSpan.Zero);
            return true;
        }

        if (!reader.TryGetDateTimeOffset(out var zoned))
            return false;
        value = zoned.ToUniversalTime();
        return true;
    }
}
