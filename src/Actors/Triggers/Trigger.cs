using Drift.Core.Triggers;

namespace Drift.Actors.Triggers;

/// <summary>A request to fine-tune a model: what caused it, how far it got, and how it ended.</summary>
public sealed record Trigger
{
    /// <summary>Its id: 32 hexadecimal digits, unique over all tenants. The same trigger has the same id everywhere and for ever.</summary>
    public string Id { get; init; } = "";

    /// <summary>The tenant.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The model's name.</summary>
    public string Model { get; init; } = "";

    /// <summary>What made it.</summary>
    public TriggerType Type { get; init; }

    /// <summary>Where it stands.</summary>
    public TriggerStatus Status { get; init; }

    /// <summary>Why it was made.</summary>
    public TriggerReason Reason { get; init; } = new();

    /// <summary>Whether it is only a record of what the policy would have done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who it is sent to, by name; empty: nobody, a trainer asks for it.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>The trainer's job.</summary>
    public string? JobId { get; init; }

    /// <summary>The training run that belongs to it.</summary>
    public string? TrainingRun { get; init; }

    /// <summary>The adapter version that came of it.</summary>
    public string? AdapterVersion { get; init; }

    /// <summary>What was said last: by the trainer, by who cancelled, or why it is over.</summary>
    public string? Message { get; init; }

    /// <summary>Counts its changes from 1: who saw a higher number ignores a lower one.</summary>
    public int Sequence { get; init; }

    /// <summary>Attempts that the delivery took; 0 before it.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who approved it: a person, or <c>policy</c>.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>When a destination first took it.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When the trainer had a job for it.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When the job ran.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over, however it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Who called it off.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>When it expires unless something is heard; null once it is over.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
