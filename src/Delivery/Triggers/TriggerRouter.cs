using System.Globalization;
using System.Text.Json;
using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Drift.Delivery.Alerts;
using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Triggers;

/// <summary>The trainers of the configuration. Thread-safe.</summary>
internal sealed class TriggerRouter : ITriggerRouter
{
    /// <summary>The kind of the entries.</summary>
    public const string EntryKind = "trigger";

    /// <summary>How old a call-back may be, and how far ahead the trainer's clock.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly Uri? _external;
    private readonly TimeProvider _clock;

    public TriggerRouter(IOptions<TriggerDestinationOptions> options, IOptions<AlertOptions> alerts, TimeProvider clock)
    {
        _clock = clock;
        _external = alerts.Value.ExternalUrl is { } external ? new Uri(external.TrimEnd('/') + "/") : null;
        for (var i = 0; i < options.Value.Destinations.Count; i++)
            _keys.Add(options.Value.NameAt(i), WebhookSignature.KeyOf(options.Value.Destinations[i].Secret!)!);
        Destinations = [.. _keys.Keys];
    }

    public IReadOnlyList<string> Destinations { get; }

    /// <summary>The name of a trainer among all destinations: none of the others has a slash.</summary>
    public static string DestinationOf(string name) => $"triggers/{name}";

    public IReadOnlyList<OutboxEntry> Route(Trigger trigger, TriggerChange change)
    {
        if (trigger.Destinations.Count == 0)
            return [];
        var body = TriggerMessage.Write(trigger, change, _external is null ? null : new Uri(_external, $"v1/triggers/{trigger.Id}/status"));
        var what = change == TriggerChange.Requested ? "requested" : "cancelled";
        return
        [
            .. trigger.Destinations.Select(name => new OutboxEntry
            {
                Id = $"{trigger.Id}.{what}.{name}",
                Tenant = trigger.Tenant,
                Kind = EntryKind,
                Destination = DestinationOf(name),
                Subject = trigger.Id,
                Payload = body,
                CreatedAt = trigger.UpdatedAt,
                QueuedAt = trigger.UpdatedAt,
                NextAttemptAt = trigger.UpdatedAt,
            }),
        ];
    }

    public string? Refusal(Trigger trigger, CallbackSignature signature, ReadOnlySpan<byte> body)
    {
        if (string.IsNullOrEmpty(signature.Id) || string.IsNullOrEmpty(signature.Timestamp) || string.IsNullOrEmpty(signature.Signature))
            return $"A signed call-back has all three headers {WebhookSignature.IdHeader}, {WebhookSignature.TimestampHeader} and {WebhookSignature.SignatureHeader}.";
        if (!long.TryParse(signature.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp) || timestamp > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return $"{WebhookSignature.TimestampHeader} is no number of seconds since 1970.";
        var age = _clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(timestamp);
        if (age > Tolerance)
            return string.Create(CultureInfo.InvariantCulture, $"{WebhookSignature.TimestampHeader} is {age.TotalSeconds:0} s old, at most {Tolerance.TotalSeconds:0} s are taken: sign each attempt anew, and look at the trainer's clock.");
        if (age < -Tolerance)
            return string.Create(CultureInfo.InvariantCulture, $"{WebhookSignature.TimestampHeader} is {-age.TotalSeconds:0} s ahead, at most {Tolerance.TotalSeconds:0} s are taken: look at the trainer's clock.");
        foreach (var name in trigger.Destinations)
        {
            if (_keys.TryGetValue(name, out var key) && WebhookSignature.Holds(key, signature.Id, timestamp, body, signature.Signature))
                return IsOf(trigger, body) ? null : "The signature holds, but its body does not say 'trigger_id' of this trigger: a call-back for one must not count for another.";
        }

        return $"{WebhookSignature.SignatureHeader} is not that of a destination of this trigger: it must be v1, and the Base64 of the HMAC-SHA256 over 'id.timestamp.body' with the destination's secret.";
    }

    private static bool IsOf(Trigger trigger, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return JsonDocument.TryParseValue(ref reader, out var document)
                && document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("trigger_id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() == trigger.Id;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
