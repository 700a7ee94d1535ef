namespace Drift.Core.Triggers;

/// <summary>What to do with a status that a trigger is told to take.</summary>
public enum TriggerStep
{
    /// <summary>It takes it.</summary>
    Move,

    /// <summary>It has it, or is past it: a report that was repeated or overtaken. Nothing changes.</summary>
    Keep,

    /// <summary>It can never take it from where it is.</summary>
    Refuse,
}
