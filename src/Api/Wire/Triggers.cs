using System.Text.Json.Serialization;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Training;

namespace Drift.Api.Wire;

/// <summary>A tenant's triggers, the latest made first.</summary>
internal sealed record TriggerPage(string Tenant, int Count, IReadOnlyList<Trigger> Triggers)
{
    /// <summary>What <c>before</c> is for the next page; absent on the last.</summary>
    public string? Next { get; init; }
}

/// <summary>Somebody wants a model fine-tuned.</summary>
internal sealed record ManualTriggerRequest
{
    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}

/// <summary>Somebody lets a trigger go out.</summary>
internal sealed record ApproveRequest
{
    /// <summary>Who.</summary>
    public required string By { get; init; }
}

/// <summary>Somebody calls a trigger off.</summary>
internal sealed record CancelRequest
{
    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>What a trainer says of a trigger.</summary>
internal sealed record TriggerStatusRequest
{
    /// <summary>The trigger; required when the call-back is signed.</summary>
    public string? TriggerId { get; init; }

    /// <summary>accepted, running, succeeded or failed.</summary>
    public required string Status { get; init; }

    /// <summary>The trainer's job.</summary>
    public string? JobId { get; init; }

    /// <summary>The adapter version that came of it.</summary>
    public string? AdapterVersion { get; init; }

    /// <summary>What else there is to say.</summary>
    public string? Message { get; init; }
}

/// <summary>A tenant's training runs, the latest begun first.</summary>
internal sealed record TrainingPage(string Tenant, int Count, IReadOnlyList<TrainingRun> Runs)
{
    /// <summary>What <c>before</c> is for the next page; absent on the last.</summary>
    public string? Next { get; init; }
}

/// <summary>A training run with points of it.</summary>
internal sealed record TrainingDetail(TrainingRun Run, IReadOnlyList<NumberedPoint> Points)
{
    /// <summary>What <c>after</c> is for the next points; absent when these are the last.</summary>
    public long? Next { get; init; }
}

/// <summary>A run begins.</summary>
internal sealed record TrainingStartRequest
{
    /// <summary>Its id; one is made without.</summary>
    public string? Id { get; init; }

    /// <summary>The model that it is for.</summary>
    public required string Model { get; init; }

    /// <summary>The base model that is adapted.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The trigger that asked for it.</summary>
    public string? TriggerId { get; init; }

    /// <summary>The adapter version that it makes.</summary>
    public string? AdapterVersion { get; init; }

    /// <summary>What it trains with, as texts.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>When it began; now without.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>Points of a run.</summary>
internal sealed record TrainingPointsRequest
{
    /// <summary>Makes the batch count once.</summary>
    public string? BatchId { get; init; }

    /// <summary>The points in order.</summary>
    public required IReadOnlyList<TrainingPointRequest> Points { get; init; }
}

/// <summary>What a run reports at one moment. A loss may be "NaN", "Infinity" or "-Infinity", which says that the run diverged.</summary>
internal sealed record TrainingPointRequest
{
    /// <summary>When; now without.</summary>
    public DateTimeOffset? Ts { get; init; }

    /// <summary>The optimizer's step.</summary>
    public long? Step { get; init; }

    /// <summary>The epoch.</summary>
    public double? Epoch { get; init; }

    /// <summary>Loss on the training data.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? TrainingLoss { get; init; }

    /// <summary>Loss on the validation data.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? ValidationLoss { get; init; }

    /// <summary>Weight of elastic weight consolidation.</summary>
    public double? EwcLambda { get; init; }

    /// <summary>Bytes of the Fisher matrix.</summary>
    public long? FisherMatrixSizeBytes { get; init; }

    /// <summary>Samples in the replay buffer.</summary>
    public long? ReplayBufferSize { get; init; }

    /// <summary>Samples that fit into it.</summary>
    public long? ReplayBufferCapacity { get; init; }

    /// <summary>The learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Samples trained on since the run began.</summary>
    public long? Samples { get; init; }
}

/// <summary>A run ends.</summary>
internal sealed record TrainingFinishRequest
{
    /// <summary>succeeded, failed or cancelled.</summary>
    public required string Status { get; init; }

    /// <summary>In words.</summary>
    public string? Summary { get; init; }

    /// <summary>The adapter version that came of it.</summary>
    public string? AdapterVersion { get; init; }
}

/// <summary>What came of points.</summary>
internal sealed record TrainingReceiptView(string Run, string? BatchId, int Accepted, bool Duplicate, long Points, TrainingFault Fault);
