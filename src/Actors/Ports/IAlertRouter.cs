using Drift.Actors.Alerts;

namespace Drift.Actors.Ports;

/// <summary>Knows who is to be told of alerts. Thread-safe; only computes.</summary>
public interface IAlertRouter
{
    /// <summary>What to send for a change of an alert: an entry per destination, with an id that is the same each time it is asked for the same change.</summary>
    IReadOnlyList<OutboxEntry> Route(Alert alert, AlertEvent change);
}
