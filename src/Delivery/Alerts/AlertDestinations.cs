using System.Globalization;
using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Alerts;

/// <summary>Who is told of alerts, and how: webhooks, Slack, Alertmanager. Thread-safe.</summary>
internal sealed class AlertDestinations : IAlertRouter, IChannelSource
{
    /// <summary>The kind of the entries.</summary>
    public const string EntryKind = "alert";

    /// <summary>The name of the Slack destination.</summary>
    public const string Slack = "slack";

    /// <summary>The name of the first Alertmanager; further ones have a number behind it.</summary>
    public const string Alertmanager = "alertmanager";

    private readonly List<(string Name, Func<Alert, AlertEvent, byte[]> Write)> _routes = [];
    private readonly List<IDeliveryChannel> _channels = [];
    private readonly Uri? _external;

    public AlertDestinations(
        IOptions<AlertOptions> options,
        IOptions<WebhookOptions> webhooks,
        IOptions<SlackOptions> slack,
        IOptions<AlertmanagerOptions> alertmanager,
        IAlertStore alerts,
        OutboundHttp http,
        TimeProvider clock)
    {
        _external = options.Value.ExternalUrl is { } external ? new Uri(external.TrimEnd('/') + "/") : null;
        for (var i = 0; i < webhooks.Value.Webhooks.Count; i++)
        {
            var (webhook, name) = (webhooks.Value.Webhooks[i], webhooks.Value.NameAt(i));
            Add(new WebhookChannel(name, new Uri(webhook.Url!), WebhookSignature.KeyOf(webhook.Secret!), http, clock), (a, e) => AlertMessages.Webhook(a, e, Link(a)));
        }

        if (slack.Value.Url is { Length: > 0 } url)
            Add(new WebhookChannel(Slack, new Uri(url), null, http, clock), (a, _) => AlertMessages.Slack(a, Link(a)));
        Alertmanagers = [.. alertmanager.Value.Urls.Select((address, i) => new AlertmanagerChannel(
            i == 0 ? Alertmanager : string.Create(CultureInfo.InvariantCulture, $"{Alertmanager}-{i + 1}"),
            new Uri(address), alertmanager.Value.Validity, Link, alerts, http, clock))];
        foreach (var channel in Alertmanagers)
            Add(channel, (a, _) => JsonSerializer.SerializeToUtf8Bytes(new AlertmanagerEntry(a.Tenant, a.Id), AlertJson.Output.AlertmanagerEntry));
    }

    public IReadOnlyList<IDeliveryChannel> Channels => _channels;

    /// <summary>The Alertmanagers among the channels.</summary>
    public IReadOnlyList<AlertmanagerChannel> Alertmanagers { get; }

    public IReadOnlyList<OutboxEntry> Route(Alert alert, AlertEvent change) =>
    [
        .. _routes.Select(route => new OutboxEntry
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{alert.Id}.{alert.Sequence}.{route.Name}"),
            Tenant = alert.Tenant,
            Kind = EntryKind,
            Destination = route.Name,
            Subject = alert.Id,
            Payload = route.Write(alert, change),
            CreatedAt = alert.UpdatedAt,
            QueuedAt = alert.UpdatedAt,
            NextAttemptAt = alert.UpdatedAt,
        }),
    ];

    private void Add(IDeliveryChannel channel, Func<Alert, AlertEvent, byte[]> write)
    {
        _channels.Add(channel);
        _routes.Add((channel.Destination, write));
    }

    private Uri? Link(Alert alert) => _external is null ? null : new Uri(_external, $"v1/alerts/{alert.Id}");
}
