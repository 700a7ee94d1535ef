using System.Text;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Support;

/// <summary>Puts alerts and messages into a host's database, as actors do.</summary>
internal static class StoredAlerts
{
    public static async Task<Alert> AddAlertAsync(this ApiHost host, string id, Func<Alert, Alert>? change = null)
    {
        var now = host.Clock.GetUtcNow();
        var alert = new Alert
        {
            Id = id,
            Tenant = "default",
            Kind = AlertKind.Drift,
            Model = "credit",
            Window = "1h",
            Severity = Severity.Moderate,
            Summary = "Moderate drift of credit",
            Columns = ["age"],
            Values = new Dictionary<string, double> { ["psi"] = 0.21 },
            Sequence = 1,
            OpenedAt = now,
            UpdatedAt = now,
        };
        alert = change?.Invoke(alert) ?? alert;
        var saved = await host.Storage.GetRequiredService<IActorStateStore>().SaveAsync($"test/{id}", 0, 0, default, SnapshotCopies.Latest, new SnapshotEffects([alert], []), default);
        Assert.NotNull(saved);
        return alert;
    }

    public static async Task AddMessageAsync(this ApiHost host, string id, string tenant = "default")
    {
        var now = host.Clock.GetUtcNow();
        await host.Storage.GetRequiredService<IOutbox>().AddAsync(
            [
                new()
                {
                    Id = id, Tenant = tenant, Kind = "alert", Destination = "pager", Subject = "a1", Payload = Encoding.UTF8.GetBytes("""{"type": "alert.opened"}"""),
                    CreatedAt = now, QueuedAt = now, NextAttemptAt = now,
                },
            ],
            default);
    }
}
