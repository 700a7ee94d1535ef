using System.Globalization;
using System.Text.Json;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Drift.Delivery.Http;

namespace Drift.Delivery.Triggers;

/// <summary>
/// Posts triggers to a trainer and notes that it took them. A message that was taken but not noted, because the database went away, is sent
/// again under its id: the trainer counts it once.
/// </summary>
internal sealed class TriggerChannel(string destination, Uri url, byte[] key, OutboundHttp http, Func<IDriftEngine> engine, ITriggerStore triggers, TimeProvider clock) : IDeliveryChannel
{
    private const int MaxJobId = 200;

    public string Destination => destination;

    public async Task<DeliveryResult> SendAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var requested = entry.Id.Contains(".requested.", StringComparison.Ordinal);
        var trigger = await triggers.FindAsync(entry.Subject!, cancellationToken).ConfigureAwait(false);
        if (requested && trigger is { FinishedAt: not null })
            return new DeliveryResult(DeliveryOutcome.Needless, "was not told: the trigger is over");
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var (result, answer) = await http.PostForAnswerAsync(
            url,
            entry.Payload,
            [
                new(WebhookSignature.IdHeader, entry.Id),
                new(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture)),
                new(WebhookSignature.SignatureHeader, WebhookSignature.Sign(key, entry.Id, timestamp, entry.Payload.Span)),
            ],
            cancellationToken).ConfigureAwait(false);
        if (result.Outcome == DeliveryOutcome.Delivered && requested && trigger is not null)
        {
            var delivery = new TriggerDelivery(trigger.Id, entry.Attempts, JobIdOf(answer));
            await engine().Trigger(ModelId.Create(trigger.Tenant, trigger.Model)).DeliveredAsync(delivery, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>The job that an answer names; null when it names none, whatever else it is.</summary>
    internal static string? JobIdOf(ReadOnlyMemory<byte> answer)
    {
        if (answer.IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("job_id", out var job) && job.ValueKind == JsonValueKind.String && job.GetString() is { Length: > 0 and <= MaxJobId } id
                ? id
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
