using Drift.Actors.Alerts;
using Drift.Actors.Ports;

namespace Drift.Api.Tests.Support;

/// <summary>Nobody is told of alerts.</summary>
internal sealed class NoDestination : IAlertRouter
{
    public IReadOnlyList<OutboxEntry> Route(Alert alert, AlertEvent change) => [];
}
