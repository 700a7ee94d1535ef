using Drift.Actors;
using Drift.Actors.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Delivery;

/// <summary>
/// Delivers what is in the outbox: a loop per destination claims what is due, sends it, and records how that ended. Several hosts may
/// do so on one database. What a host had claimed when it was killed is due again when its lease is over.
/// </summary>
internal sealed partial class DeliveryService(
    IOutbox outbox,
    IEnumerable<IChannelSource> sources,
    IOptions<DeliveryOptions> options,
    DeliveryInstruments instruments,
    TimeProvider clock,
    Jitter jitter,
    ILogger<DeliveryService> logger) : BackgroundService
{
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private readonly DeliveryOptions _options = options.Value;
    private readonly IReadOnlyList<IDeliveryChannel> _channels = [.. sources.SelectMany(s => s.Channels)];

    // Longer than an attempt and its record can take.
    private TimeSpan Lease => 2 * _options.Timeout;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(_channels.Select(c => RunAsync(c, stoppingToken)).Append(MeasureAsync(stoppingToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is pending is sent by the next one.
        }
    }

    private async Task RunAsync(IDeliveryChannel channel, CancellationToken stoppingToken)
    {
        // A store may do its work on the caller's thread: the host's start does not wait for it.
        await Task.Yield();
        while (true)
        {
            var pause = _options.PollInterval;
            try
            {
                if (await DeliverDueAsync(channel, stoppingToken).ConfigureAwait(false))
                    continue;
            }
            catch (DriftException e)
            {
                LogOutboxUnavailable(e, channel.Destination, PauseAfterFailure);
                pause = PauseAfterFailure;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when something was due.</summary>
    private async Task<bool> DeliverDueAsync(IDeliveryChannel channel, CancellationToken stoppingToken)
    {
        var claimed = await outbox.ClaimAsync(channel.Destination, clock.GetUtcNow(), Lease, _options.MaxConcurrent, stoppingToken).ConfigureAwait(false);
        await Task.WhenAll(claimed.Select(entry => DeliverAsync(channel, entry))).ConfigureAwait(false);
        return claimed.Count > 0;
    }

    // Not cut off when the host stops: the destination may have taken the message already, and would get it a second time.
    private async Task DeliverAsync(IDeliveryChannel channel, OutboxEntry entry)
    {
        var result = await SendAsync(channel, entry).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        switch (result.Outcome)
        {
            case DeliveryOutcome.Delivered:
                await outbox.DeliveredAsync(entry, now, CancellationToken.None).ConfigureAwait(false);
                instruments.Attempted(entry.Kind, AttemptOutcome.Delivered);
                LogDelivered(entry.Id, entry.Destination, entry.Attempts);
                return;
            case DeliveryOutcome.Needless:
                await outbox.DeliveredAsync(entry, now, CancellationToken.None).ConfigureAwait(false);
                LogNeedless(entry.Id, entry.Destination, result.Error);
                return;
            case DeliveryOutcome.Failed when RetryDelay.After(_options, entry.Attempts, jitter.Next(), result.RetryAfter) is var delay
                && now + delay - entry.QueuedAt < _options.GiveUpAfter:
                await outbox.RetryAsync(entry, now + delay, result.Error ?? "", CancellationToken.None).ConfigureAwait(false);
                instruments.Attempted(entry.Kind, AttemptOutcome.Failed);
                LogAttemptFailed(entry.Id, entry.Destination, entry.Attempts, result.Error, delay);
                return;
            default:
                await outbox.GiveUpAsync(entry, now, result.Error ?? "", CancellationToken.None).ConfigureAwait(false);
                instruments.Attempted(entry.Kind, AttemptOutcome.Dead);
                LogGivenUp(entry.Id, entry.Destination, entry.Attempts, result.Error);
                return;
        }
    }

    private static async Task<DeliveryResult> SendAsync(IDeliveryChannel channel, OutboxEntry entry)
    {
        try
        {
            return await channel.SendAsync(entry, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            return new DeliveryResult(DeliveryOutcome.Failed, e.Message);
        }
    }

    private async Task MeasureAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            try
            {
                var backlog = await outbox.MeasureAsync(stoppingToken).ConfigureAwait(false);
                instruments.Measured(backlog);
                foreach (var stray in backlog.Where(b => b.Pending > 0 && _channels.All(c => c.Destination != b.Destination) && unknown.Add(b.Destination)))
                    LogUnknownDestination(stray.Destination, stray.Pending);
            }
            catch (DriftException e)
            {
                LogOutboxUnavailable(e, "(all)", MeasureInterval);
            }

            await Task.Delay(MeasureInterval, clock, stoppingToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(DeliveryEventId.Delivered, LogLevel.Debug, "Message {Id} was delivered to {Destination} with attempt {Attempt}.")]
    private partial void LogDelivered(string id, string destination, int attempt);

    [LoggerMessage(DeliveryEventId.Needless, LogLevel.Information, "Message {Id} is settled without being sent: {Destination} {Reason}.")]
    private partial void LogNeedless(string id, string destination, string? reason);

    [LoggerMessage(DeliveryEventId.AttemptFailed, LogLevel.Warning, "Message {Id} was not delivered with attempt {Attempt}: {Destination} {Error}. The next attempt follows in {Delay}.")]
    private partial void LogAttemptFailed(string id, string destination, int attempt, string? error, TimeSpan delay);

    [LoggerMessage(
        DeliveryEventId.GivenUp, LogLevel.Error,
        "Message {Id} was given up after attempt {Attempt}: {Destination} {Error}. When that is put right, POST /v1/outbox/{Id}/redeliver.")]
    private partial void LogGivenUp(string id, string destination, int attempt, string? error);

    [LoggerMessage(DeliveryEventId.OutboxUnavailable, LogLevel.Warning, "The outbox cannot be read or written for {Destination}; this is tried again in {Pause}. Nothing is lost, what was sent may be sent again.")]
    private partial void LogOutboxUnavailable(Exception exception, string destination, TimeSpan pause);

    [LoggerMessage(DeliveryEventId.UnknownDestination, LogLevel.Warning, "{Pending} messages wait for the destination {Destination}, which is not configured here. Configure it again, or they wait for ever.")]
    private partial void LogUnknownDestination(string destination, long pending);
}
