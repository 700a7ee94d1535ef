using Drift.Core.Detection;
using Drift.Core.Triggers;

namespace Drift.Core.Settings;

/// <summary>When a model asks to be fine-tuned, and how often at most.</summary>
public sealed record TriggerSettings
{
    /// <summary>Destinations that one model may name.</summary>
    public const int MaxDestinations = 8;

    /// <summary>Whether evaluations and the schedule make triggers; a person may at any time.</summary>
    public bool Enabled { get; set; }

    /// <summary>The lowest severity of drift of features or predictions that counts; <see cref="Severity.None"/> is not possible.</summary>
    public Severity MinSeverity { get; set; } = Severity.Moderate;

    /// <summary>Accuracy of the first window below which an evaluation counts, above 0 and at most 1; null: accuracy makes no triggers.</summary>
    public double? MinAccuracy { get; set; }

    /// <summary>How many evaluations in a row must count, 1 to 1000.</summary>
    public int Evaluations { get; set; } = 3;

    /// <summary>Minutes after a trigger is over before the next is made, 0 to 43 200 (30 days); a manual one does not wait.</summary>
    public int CooldownMinutes { get; set; } = 360;

    /// <summary>Triggers made within any 24 hours, 1 to 1000; manual ones count and are not held back.</summary>
    public int DailyBudget { get; set; } = 3;

    /// <summary>Whether triggers are only recorded: what the policy would do, without doing it.</summary>
    public bool DryRun { get; set; }

    /// <summary>Whether a person must approve each trigger that evaluations or the schedule make.</summary>
    public bool ManualApproval { get; set; }

    /// <summary>Days after which a trigger is made whatever the drift, 1 to 365; null: none is.</summary>
    public int? ScheduleDays { get; set; }

    /// <summary>Names of the destinations under <c>Drift:Triggers:Destinations</c>; empty: all of them.</summary>
    public IReadOnlyList<string> Destinations { get; set; } = [];

    /// <summary>Minutes without a report after which a trigger expires, 1 to 43 200 (30 days).</summary>
    public int ExpireAfterMinutes { get; set; } = 1440;

    /// <summary>Whether an evaluation counts towards a trigger of a type.</summary>
    public bool IsMetBy(TriggerType type, Verdict verdict, Severity drift) => Enabled && verdict.Status == VerdictStatus.Ok && type switch
    {
        TriggerType.Drift => drift >= MinSeverity,
        TriggerType.Accuracy => verdict.CurrentAccuracy < MinAccuracy,
        _ => false,
    };

    /// <summary>All that is wrong with these settings.</summary>
    public IEnumerable<SettingsFault> Validate()
    {
        if (MinSeverity == Severity.None)
            yield return new("triggers.min_severity", "is 'none', must be one of warning, moderate, critical");
        if (MinAccuracy is not (null or (> 0 and <= 1)))
            yield return new("triggers.min_accuracy", $"is {MinAccuracy}, must be above 0 and at most 1");
        if (Evaluations is < 1 or > 1000)
            yield return new("triggers.evaluations", $"is {Evaluations}, must be 1 to 1000");
        if (CooldownMinutes is < 0 or > 43_200)
            yield return new("triggers.cooldown_minutes", $"is {CooldownMinutes}, must be 0 to 43200");
        if (DailyBudget is < 1 or > 1000)
            yield return new("triggers.daily_budget", $"is {DailyBudget}, must be 1 to 1000; disable triggers to have none");
        if (ScheduleDays is < 1 or > 365)
            yield return new("triggers.schedule_days", $"is {ScheduleDays}, must be 1 to 365");
        if (ExpireAfterMinutes is < 1 or > 43_200)
            yield return new("triggers.expire_after_minutes", $"is {ExpireAfterMinutes}, must be 1 to 43200");
        if (Destinations.Count > MaxDestinations)
            yield return new("triggers.destinations", $"names {Destinations.Count} destinations, at most {MaxDestinations} are possible");
        if (Destinations.Any(string.IsNullOrEmpty) || Destinations.Distinct(StringComparer.Ordinal).Count() != Destinations.Count)
            yield return new("triggers.destinations", "has an empty name, or one twice");
    }
}
