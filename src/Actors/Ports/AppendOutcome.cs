namespace Drift.Actors.Ports;

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>It is durable.</summary>
    Appended,

    /// <summary>The actor already has an entry with this sequence: another activation wrote it; nothing was written.</summary>
    Conflict,
}
