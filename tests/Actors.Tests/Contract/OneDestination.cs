using Drift.Actors.Alerts;
using Drift.Actors.Ports;

namespace Drift.Actors.Tests.Contract;

/// <summary>Everything is told to one destination.</summary>
public sealed class OneDestination : IAlertRouter
{
    public IReadOnlyList<OutboxEntry> Route(Alert alert, AlertEvent change) =>
    [
        new()
        {
            Id = $"{alert.Id}.{alert.Sequence}",
            Tenant = alert.Tenant,
            Kind = change.ToString(),
            Destination = "pager",
            Subject = alert.Id,
            Payload = default,
            CreatedAt = alert.UpdatedAt,
            QueuedAt = alert.UpdatedAt,
            NextAttemptAt = alert.UpdatedAt,
        },
    ];
}
