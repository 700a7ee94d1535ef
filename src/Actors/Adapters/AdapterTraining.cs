namespace Drift.Actors.Adapters;

/// <summary>How a LoRA version was trained. What is not known is null.</summary>
public sealed record AdapterTraining
{
    /// <summary>The id of the training run or of the trainer's job, at most 200 characters.</summary>
    public string? TrainingJobId { get; init; }

    /// <summary>Rank of the update matrices, 1 to 4096.</summary>
    public int? Rank { get; init; }

    /// <summary>Scaling numerator (alpha), above 0.</summary>
    public double? Alpha { get; init; }

    /// <summary>Dropout, 0 up to and without 1.</summary>
    public double? Dropout { get; init; }

    /// <summary>Passes over the training data, above 0; trainers also report parts of one.</summary>
    public double? NumEpochs { get; init; }

    /// <summary>Learning rate, above 0.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Rows per step, at least 1.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Loss on the training data at the end.</summary>
    public double? TrainingLoss { get; init; }

    /// <summary>Loss on the held-out data at the end.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>How long it took, in seconds, not negative.</summary>
    public double? TrainingTimeSeconds { get; init; }
}
