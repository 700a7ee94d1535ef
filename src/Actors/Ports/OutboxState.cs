namespace Drift.Actors.Ports;

/// <summary>Where an outbox entry stands.</summary>
public enum OutboxState
{
    /// <summary>It waits for its next attempt, or one is under way.</summary>
    Pending,

    /// <summary>Its destination took it.</summary>
    Delivered,

    /// <summary>It was given up; a person may have it delivered again.</summary>
    Dead,
}
