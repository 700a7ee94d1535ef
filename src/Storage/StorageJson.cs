using System.Text.Json;
using System.Text.Json.Serialization;
using Drift.Actors.Triggers;
using Drift.Actors.Adapters;
using Drift.Core.Adapters;
using Drift.Core.Detection;
using Drift.Core.Gpus;
using Drift.Core.Plans;

namespace Drift.Storage;

/// <summary>What is stored as JSON: the same names as in the API, absent optional values omitted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(SnakeCaseConverter<Severity>), typeof(SnakeCaseConverter<VerdictStatus>),
        typeof(SnakeCaseConverter<ColumnRole>), typeof(SnakeCaseConverter<ColumnType>),
        typeof(SnakeCaseConverter<GpuDriverState>), typeof(SnakeCaseConverter<GpuState>), typeof(SnakeCaseConverter<GpuProcessKind>),
        typeof(SnakeCaseConverter<CanaryVerdict>),
    ])]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, double>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyCollection<long>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(GpuReport))]
[JsonSerializable(typeof(TriggerReason))]
[JsonSerializable(typeof(CanaryStatus))]
internal sealed partial class StorageJson : JsonSerializerContext
{
    public static string? Write(IReadOnlyDictionary<string, double>? scores) =>
        scores is null ? null : JsonSerializer.Serialize(scores, Default.IReadOnlyDictionaryStringDouble);

    public static IReadOnlyDictionary<string, double>? ReadScores(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStringDouble);

    /// <summary>Headers as JSON; null when there are none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> headers) =>
        headers.Count == 0 ? null : JsonSerializer.Serialize(headers, Default.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string> ReadHeaders(string? json) =>
        (json is null ? null : JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStringString)) ?? new Dictionary<string, string>();

    /// <summary>A list as JSON; null when it is empty, which most are.</summary>
    public static string? Write(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? null : JsonSerializer.Serialize(texts, Default.IReadOnlyListString);

    public static IReadOnlyList<string> ReadTexts(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, Default.IReadOnlyListString) ?? [];

    public static string Write(IReadOnlyCollection<long> numbers) => JsonSerializer.Serialize(numbers, Default.IReadOnlyCollectionInt64);

    public static string? Write(CanaryStatus? canary) => canary is null ? null : JsonSerializer.Serialize(canary, Default.CanaryStatus);

    public static CanaryStatus? ReadCanary(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.CanaryStatus);

    public static string Write(Verdict verdict) => JsonSerializer.Serialize(verdict, Default.Verdict);

    public static string Write(GpuReport report) => JsonSerializer.Serialize(report, Default.GpuReport);

    public static GpuReport? ReadGpuReport(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.GpuReport);

    public static string Write(TriggerReason reason) => JsonSerializer.Serialize(reason, Default.TriggerReason);

    public static TriggerReason ReadReason(string json) => JsonSerializer.Deserialize(json, Default.TriggerReason) ?? new TriggerReason();

    public static Verdict? ReadVerdict(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.Verdict);
}

/// <summary>An enum by its name in snake_case.</summary>
internal sealed class SnakeCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;
