namespace Drift.Actors.Triggers;

/// <summary>Whether an observation made a trigger, or why it did not.</summary>
public enum TriggerOutcome
{
    /// <summary>It counts towards no trigger, or not enough do.</summary>
    None,

    /// <summary>It made a trigger.</summary>
    Made,

    /// <summary>Held back: a trigger of the model is under way.</summary>
    Busy,

    /// <summary>Held back: the last one was over too short a time ago.</summary>
    Cooldown,

    /// <summary>Held back: the day's budget is spent.</summary>
    Budget,
}
