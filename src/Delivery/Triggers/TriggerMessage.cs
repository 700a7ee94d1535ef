using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Triggers;

namespace Drift.Delivery.Triggers;

/// <summary>What a trainer is told.</summary>
/// <param name="Type"><c>finetuning.requested</c> or <c>finetuning.cancelled</c>.</param>
/// <param name="Timestamp">When it was decided.</param>
/// <param name="Data">The trigger.</param>
internal sealed record TriggerMessage(string Type, DateTime Timestamp, TriggerData Data)
{
    public static byte[] Write(Trigger trigger, TriggerChange change, Uri? callback) => JsonSerializer.SerializeToUtf8Bytes(
        new TriggerMessage(
            change == TriggerChange.Requested ? "finetuning.requested" : "finetuning.cancelled",
            trigger.UpdatedAt.UtcDateTime,
            new TriggerData(
                trigger.Id, trigger.Tenant, trigger.Model, trigger.Type, trigger.Status, trigger.Reason, trigger.Sequence, trigger.CreatedAt.UtcDateTime, trigger.ExpiresAt?.UtcDateTime,
                trigger.JobId, trigger.Message, callback?.ToString())),
        TriggerMessageJson.Output.TriggerMessage);
}

/// <summary>A trigger as trainers see it.</summary>
internal sealed record TriggerData(
    string Id,
    string Tenant,
    string Model,
    TriggerType TriggerType,
    TriggerStatus Status,
    TriggerReason Reason,
    int Sequence,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    string? JobId,
    string? Message,
    string? StatusUrl);

[JsonSerializable(typeof(TriggerMessage))]
internal sealed partial class TriggerMessageJson : JsonSerializerContext
{
    /// <summary>As everything that is sent: snake_case, enums as words, nothing that is absent.</summary>
    public static TriggerMessageJson Output { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters =
        {
            new JsonStringEnumConverter<TriggerType>(JsonNamingPolicy.SnakeCaseLower), new JsonStringEnumConverter<TriggerStatus>(JsonNamingPolicy.SnakeCaseLower),
            new JsonStringEnumConverter<Severity>(JsonNamingPolicy.SnakeCaseLower), new JsonStringEnumConverter<VerdictStatus>(JsonNamingPolicy.SnakeCaseLower),
            new JsonStringEnumConverter<ColumnRole>(JsonNamingPolicy.SnakeCaseLower), new JsonStringEnumConverter<ColumnType>(JsonNamingPolicy.SnakeCaseLower),
        },
    });
}
