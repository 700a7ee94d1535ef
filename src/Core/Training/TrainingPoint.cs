namespace Drift.Core.Training;

/// <summary>What a training run reports at one moment. All numbers are finite; null means not given.</summary>
public sealed record TrainingPoint
{
    /// <summary>When.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The optimizer's step, 0 or more.</summary>
    public long? Step { get; init; }

    /// <summary>The epoch, which may be broken: 1.5 is the middle of the second.</summary>
    public double? Epoch { get; init; }

    /// <summary>Loss on the training data.</summary>
    public double? TrainingLoss { get; init; }

    /// <summary>Loss on the validation data.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Weight of elastic weight consolidation, 0 or more.</summary>
    public double? EwcLambda { get; init; }

    /// <summary>Bytes that the Fisher matrix takes.</summary>
    public long? FisherMatrixSizeBytes { get; init; }

    /// <summary>Samples in the replay buffer.</summary>
    public long? ReplayBufferSize { get; init; }

    /// <summary>Samples that fit into it.</summary>
    public long? ReplayBufferCapacity { get; init; }

    /// <summary>The learning rate, 0 or more.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Samples trained on since the run began.</summary>
    public long? Samples { get; init; }

    /// <summary>Whether a loss was reported that is no finite number; that loss is then null.</summary>
    public bool Diverged { get; init; }
}
