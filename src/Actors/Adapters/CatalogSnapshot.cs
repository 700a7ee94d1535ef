using System.Text.Json;
using System.Text.Json.Serialization;
using Drift.Core.Adapters;
using Drift.Core.Detection;

namespace Drift.Actors.Adapters;

/// <summary>What is stored of a base model's LoRA versions. Members are added only, and only optional ones.</summary>
internal sealed record CatalogSnapshot
{
    /// <summary>The form of these bytes.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; set; } = CurrentFormat;

    /// <summary>The sequence of the latest transition.</summary>
    public long Sequence { get; set; }

    public AdapterPolicy Policy { get; set; } = new();

    /// <summary>In the order of their registration.</summary>
    public IReadOnlyList<AdapterVersion> Versions { get; set; } = [];

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, CatalogJson.Default.CatalogSnapshot);

    /// <exception cref="JsonException">The bytes are damaged, or of a later form.</exception>
    public static CatalogSnapshot Decode(ReadOnlySpan<byte> bytes)
    {
        var snapshot = JsonSerializer.Deserialize(bytes, CatalogJson.Default.CatalogSnapshot) ?? throw new JsonException("It is null.");
        return snapshot.Format == CurrentFormat ? snapshot : throw new JsonException($"It has form {snapshot.Format}, this version reads {CurrentFormat}.");
    }
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters =
    [
        typeof(JsonStringEnumConverter<AdapterState>), typeof(JsonStringEnumConverter<AdapterRole>), typeof(JsonStringEnumConverter<CanaryVerdict>),
        typeof(JsonStringEnumConverter<Severity>),
    ])]
[JsonSerializable(typeof(CatalogSnapshot))]
internal sealed partial class CatalogJson : JsonSerializerContext;

/// <summary>The body of a request to a deployer.</summary>
[JsonSerializable(typeof(DeploymentRequest))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class DeploymentJson : JsonSerializerContext;

/// <summary>A registration as bytes, to know the same one again. Absent and null are the same.</summary>
[JsonSerializable(typeof(AdapterRegistration))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RegistrationJson : JsonSerializerContext;
