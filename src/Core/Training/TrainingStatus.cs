namespace Drift.Core.Training;

/// <summary>Where a training run stands.</summary>
public enum TrainingStatus
{
    /// <summary>It goes on.</summary>
    Running = 0,

    /// <summary>It ended well.</summary>
    Succeeded = 1,

    /// <summary>It ended badly, or was given up because nothing was heard of it.</summary>
    Failed = 2,

    /// <summary>It was called off.</summary>
    Cancelled = 3,
}
