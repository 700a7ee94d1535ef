using Drift.Actors;
using Drift.Actors.Wakes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Hosting;

/// <summary>Wakes actors that are due, every <see cref="ActorOptions.WakeInterval"/>.</summary>
internal sealed partial class WakeService(ActorWaker waker, IOptions<ActorOptions> options, TimeProvider clock, ILogger<WakeService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.WakeInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WakeAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is due is seen to by the next one.
        }
    }

    private async Task WakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            await waker.WakeDueAsync(stoppingToken);
        }
        catch (DriftException e)
        {
            LogUnavailable(e, options.Value.WakeInterval);
        }
    }

    [LoggerMessage(EventId = 2702, EventName = "WakesUnavailable", Level = LogLevel.Warning, Message = "The database cannot be asked which actors are due; it is asked again in {Interval}.")]
    private partial void LogUnavailable(Exception exception, TimeSpan interval);
}
