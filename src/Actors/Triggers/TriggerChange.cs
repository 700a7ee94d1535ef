namespace Drift.Actors.Triggers;

/// <summary>What destinations are told of a trigger.</summary>
public enum TriggerChange
{
    /// <summary>It is to be done.</summary>
    Requested,

    /// <summary>It was called off after it was to be done.</summary>
    Cancelled,
}
