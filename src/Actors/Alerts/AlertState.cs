namespace Drift.Actors.Alerts;

/// <summary>Where an alert stands.</summary>
public enum AlertState
{
    /// <summary>Nobody has said that they look after it.</summary>
    Open,

    /// <summary>Somebody looks after it; it goes back to open when it gets worse than it was then.</summary>
    Acknowledged,

    /// <summary>It is over.</summary>
    Resolved,
}
