using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Alerts;

/// <summary>
/// Tells each Alertmanager again and again which alerts are open, as it expects: one that it does not hear of any more is over. So an
/// Alertmanager that lost its memory knows them soon, a silence that ends lets them through, and none stays when this host is gone.
/// </summary>
internal sealed partial class AlertmanagerResender(
    IAlertStore alerts, AlertDestinations destinations, IOptions<AlertmanagerOptions> options, TimeProvider clock, ILogger<AlertmanagerResender> logger)
    : BackgroundService
{
    private const int MaxAlerts = 10_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (destinations.Alertmanagers.Count == 0)
            return;
        using var timer = new PeriodicTimer(options.Value.ResendInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                await ResendAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what it does not say again is over for Alertmanager after a while, unless another host says it.
        }
    }

    private async Task ResendAsync(CancellationToken stoppingToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            var open = await alerts.ListUnresolvedAsync(MaxAlerts, stoppingToken).ConfigureAwait(false);
            if (open.Count == 0)
                return;
            var silences = await alerts.ListSilencesAsync(null, now, stoppingToken).ConfigureAwait(false);
            Alert[] told = [.. open.Where(a => !Silence.Cover(silences, a, now))];
            if (told.Length > 0)
                await Task.WhenAll(destinations.Alertmanagers.Select(a => SendAsync(a, told, stoppingToken))).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            LogResendFailed(e, "(all)", e.Message);
        }
    }

    private async Task SendAsync(AlertmanagerChannel channel, Alert[] told, CancellationToken stoppingToken)
    {
        var result = await channel.PostAsync(told, stoppingToken).ConfigureAwait(false);
        if (result.Outcome != DeliveryOutcome.Delivered)
            LogResendFailed(null, channel.Destination, result.Error);
    }

    [LoggerMessage(
        DeliveryEventId.ResendFailed, LogLevel.Warning,
        "The open alerts were not sent again: {Destination} {Error}. If this goes on for four times Drift:Alerts:Alertmanager:ResendInterval, Alertmanager takes them for over.")]
    private partial void LogResendFailed(Exception? exception, string destination, string? error);
}
