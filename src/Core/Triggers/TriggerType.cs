namespace Drift.Core.Triggers;

/// <summary>What made a trigger.</summary>
public enum TriggerType
{
    /// <summary>Features or predictions drifted.</summary>
    Drift = 0,

    /// <summary>The accuracy was too low.</summary>
    Accuracy = 1,

    /// <summary>A person or a program asked for it.</summary>
    Manual = 2,

    /// <summary>The policy's schedule.</summary>
    Schedule = 3,
}
