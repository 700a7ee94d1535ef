using System.Globalization;
using Drift.Actors.Ports;
using Drift.Delivery.Http;

namespace Drift.Delivery.Alerts;

/// <summary>Posts entries as they are, signed when there is a key.</summary>
internal sealed class WebhookChannel(string destination, Uri url, byte[]? key, OutboundHttp http, TimeProvider clock) : IDeliveryChannel
{
    public string Destination => destination;

    public Task<DeliveryResult> SendAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (key is null)
            return http.PostAsync(url, entry.Payload, entry.Headers, cancellationToken);
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>(entry.Headers, StringComparer.OrdinalIgnoreCase)
        {
            [WebhookSignature.IdHeader] = entry.Id,
            [WebhookSignature.TimestampHeader] = timestamp.ToString(CultureInfo.InvariantCulture),
            [WebhookSignature.SignatureHeader] = WebhookSignature.Sign(key, entry.Id, timestamp, entry.Payload.Span),
        };
        return http.PostAsync(url, entry.Payload, headers, cancellationToken);
    }
}
