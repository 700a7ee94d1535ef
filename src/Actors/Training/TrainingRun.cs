using Drift.Core.Training;

namespace Drift.Actors.Training;

/// <summary>A run of a trainer, with what it reported last.</summary>
public sealed record TrainingRun
{
    /// <summary>Its id, given by whoever started it or made here; unique within its tenant.</summary>
    public string Id { get; init; } = "";

    /// <summary>The tenant.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The model that it is for.</summary>
    public string Model { get; init; } = "";

    /// <summary>The base model that is adapted.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The trigger that asked for it.</summary>
    public string? TriggerId { get; init; }

    /// <summary>The adapter version that it makes.</summary>
    public string? AdapterVersion { get; init; }

    /// <summary>Where it stands.</summary>
    public TrainingStatus Status { get; init; }

    /// <summary>What is wrong with it while it goes on.</summary>
    public TrainingFault Fault { get; init; }

    /// <summary>What it trains with: names and values as the trainer gave them.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Counts its changes from 1.</summary>
    public int Sequence { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When points of it came last.</summary>
    public DateTimeOffset? LastPointAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many points it reported.</summary>
    public long Points { get; init; }

    /// <summary>The latest value of everything that points reported.</summary>
    public TrainingPoint Latest { get; init; } = new();

    /// <summary>The lowest training loss.</summary>
    public double? BestTrainingLoss { get; init; }

    /// <summary>The lowest validation loss.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>What its end was summed up with.</summary>
    public string? Summary { get; init; }
}
