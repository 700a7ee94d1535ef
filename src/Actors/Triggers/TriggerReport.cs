using Drift.Core.Triggers;

namespace Drift.Actors.Triggers;

/// <summary>What a trainer says of a trigger. What is null stays as it was.</summary>
public sealed record TriggerReport
{
    /// <summary>The trigger.</summary>
    public string Id { get; init; } = "";

    /// <summary>Where it stands: accepted, running, succeeded or failed.</summary>
    public TriggerStatus Status { get; init; }

    /// <summary>The trainer's job.</summary>
    public string? JobId { get; init; }

    /// <summary>The training run that belongs to it.</summary>
    public string? TrainingRun { get; init; }

    /// <summary>The adapter version that came of it.</summary>
    public string? AdapterVersion { get; init; }

    /// <summary>What the trainer wants to have said.</summary>
    public string? Message { get; init; }
}
