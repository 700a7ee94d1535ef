namespace Drift.Core.Training;

/// <summary>What is wrong with a training run that goes on.</summary>
public enum TrainingFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No point came for too long.</summary>
    Stalled = 1,

    /// <summary>Its loss is no number, or far above its best.</summary>
    Diverging = 2,
}
