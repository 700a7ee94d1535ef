namespace Drift.Actors.Alerts;

/// <summary>What happened to an alert.</summary>
public enum AlertEvent
{
    /// <summary>It began.</summary>
    Opened,

    /// <summary>It got worse or better, and is not over.</summary>
    Changed,

    /// <summary>It is over.</summary>
    Resolved,
}
