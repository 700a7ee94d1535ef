using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Drift.Core.Settings;
using Drift.Core.Triggers;

namespace Drift.Actors.Triggers;

/// <summary>What the actor of a model's triggers keeps.</summary>
internal sealed record TriggerState
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Triggers made so far; part of their ids, so it never goes back.</summary>
    public long Count { get; init; }

    /// <summary>The trigger that is under way; null when none is.</summary>
    public Trigger? Open { get; init; }

    /// <summary>How long that one waits for a report.</summary>
    public TimeSpan ExpireAfter { get; init; }

    /// <summary>When the latest one was over.</summary>
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>When the triggers of the last 24 hours were made, the oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Made { get; init; } = [];

    /// <summary>The schedule as it was last told; null: none.</summary>
    public int? ScheduleDays { get; init; }

    /// <summary>When the schedule is due.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>When something is due without a call.</summary>
    [JsonIgnore]
    public DateTimeOffset? DueAt => Open?.ExpiresAt is { } expires && (ScheduledFor is null || expires < ScheduledFor) ? expires : ScheduledFor;

    /// <summary>What holds an automatic trigger back now; <see cref="TriggerOutcome.Made"/>: nothing.</summary>
    public TriggerOutcome Hold(TriggerSettings policy, DateTimeOffset now) =>
        Open is not null ? TriggerOutcome.Busy
        : now < OverAt + TimeSpan.FromMinutes(policy.CooldownMinutes) ? TriggerOutcome.Cooldown
        : Made.Count(m => m > now - Day) >= policy.DailyBudget ? TriggerOutcome.Budget
        : TriggerOutcome.Made;

    /// <summary>The state after a trigger was made.</summary>
    public TriggerState With(Trigger made, TimeSpan expireAfter) => this with
    {
        Count = Count + 1,
        Open = TriggerLifecycle.IsOver(made.Status) ? null : made,
        ExpireAfter = expireAfter,
        OverAt = made.FinishedAt ?? OverAt,
        Made = [.. Made.Where(m => m > made.CreatedAt - Day), made.CreatedAt],
    };

    /// <summary>The state after the trigger that is under way changed.</summary>
    public TriggerState After(Trigger changed) => TriggerLifecycle.IsOver(changed.Status)
        ? this with { Open = null, OverAt = changed.FinishedAt }
        : this with { Open = changed };

    /// <summary>The id of the next trigger: the same each time it is computed. Of one that was asked for, by what its request is called.</summary>
    public string IdOf(ModelId model, TriggerType type, string? request)
    {
        var name = Encoding.UTF8.GetBytes(request is null ? $"{ActorKey.Trigger(model)}/{type}" : $"{ActorKey.Trigger(model)}/{type}/{request}");
        var bytes = new byte[8 + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, request is null ? Count + 1 : 0);
        name.CopyTo(bytes, 8);
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    }
}

[JsonSerializable(typeof(TriggerState))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TriggerJson : JsonSerializerContext;
