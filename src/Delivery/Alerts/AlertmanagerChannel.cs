using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Delivery.Http;

namespace Drift.Delivery.Alerts;

/// <summary>
/// Tells an Alertmanager of alerts. An entry only names its alert, and what is sent is the alert as it is then: an attempt that comes late,
/// or out of order, still tells the truth.
/// </summary>
internal sealed class AlertmanagerChannel(
    string destination, Uri url, TimeSpan validity, Func<Alert, Uri?> link, IAlertStore alerts, OutboundHttp http, TimeProvider clock) : IDeliveryChannel
{
    private readonly Uri _endpoint = new(url.ToString().TrimEnd('/') + "/api/v2/alerts");

    public string Destination => destination;

    public async Task<DeliveryResult> SendAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var named = JsonSerializer.Deserialize(entry.Payload.Span, AlertJson.Output.AlertmanagerEntry)!;
        return await alerts.FindAsync(named.Tenant, named.Id, cancellationToken).ConfigureAwait(false) is { } alert
            ? await PostAsync([alert], cancellationToken).ConfigureAwait(false)
            : new DeliveryResult(DeliveryOutcome.Refused, "was not told: the alert is no longer stored");
    }

    public Task<DeliveryResult> PostAsync(IReadOnlyList<Alert> told, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return http.PostAsync(_endpoint, AlertMessages.Alertmanager(told, now, now + validity, link), [], cancellationToken);
    }
}
