namespace Drift.Actors.Ports;

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>It is durable.</summary>
    Appended,

    /// <summary>A pruned entry of the actor had one of the batch ids; nothing was written.</summary>
    Duplicate,

    /// <summary>The actor already has an entry with this sequence: another activation wrote it; nothing was written.</summary>
    Conflict,
}
