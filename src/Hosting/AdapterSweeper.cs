using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Hosting;

/// <summary>
/// Looks at the LoRA versions of every base model now and then: canaries are judged, figures kept, and the actors stay in memory, so that their
/// metrics are there. Every silo does so; a look that finds nothing new writes nothing.
/// </summary>
internal sealed partial class AdapterSweeper(
    IDriftEngine engine, IAdapterStore store, IOptions<AdapterActorOptions> options, TimeProvider clock, ILogger<AdapterSweeper> logger) : BackgroundService
{
    private bool _fails;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.EvaluationInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        var failed = false;
        try
        {
            foreach (var (tenant, baseModel) in await store.ListBasesAsync(stoppingToken))
            {
                try
                {
                    await engine.Adapters(tenant, baseModel).EvaluateAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // The others are looked at all the same.
                    failed = true;
                    Report(e);
                }
            }
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            failed = true;
            Report(e);
        }

        _fails = failed;
    }

    // Once, and not each time while the database is away.
    private void Report(Exception exception)
    {
        if (!_fails)
            LogSweepFailed(options.Value.EvaluationInterval, exception);
        _fails = true;
    }

    [LoggerMessage(EventId = 2310, EventName = "AdapterSweepFailed", Level = LogLevel.Warning, Message = "Canaries cannot be looked at now; this is tried again every {Interval}. Nothing is lost, they are judged later.")]
    private partial void LogSweepFailed(TimeSpan interval, Exception exception);
}
