using System.Net;
using Drift.Core.Gpus;
using Drift.Standalone.Client;

namespace Drift.Standalone.Agent;

/// <summary>
/// Sends what waits to a server. While none answers it tries on, ever more slowly, and polling goes on; a batch that the server refuses
/// for good is dropped, because it would be refused again.
/// </summary>
internal sealed partial class GpuSender(GpuBuffer buffer, DriftClient client, TimeProvider time, ILogger<GpuSender> logger) : BackgroundService
{
    /// <summary>Reports per request: the server takes a mebibyte.</summary>
    private const int BatchSize = 30;

    private static readonly RetryOptions Backoff = new() { FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(30) };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
                await SendAsync(await buffer.TakeAsync(BatchSize, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Ctrl+C; the server hears the rest from the next agent.
        }
    }

    private async Task SendAsync(List<GpuReport> reports, CancellationToken stoppingToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await client.ReportGpusAsync(buffer.Node, reports, stoppingToken);
                if (attempt > 1)
                    LogAgain(attempt - 1, buffer.Dropped);
                return;
            }
            catch (DriftApiException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
            {
                LogRefused(reports.Count, e.Message);
                return;
            }
            catch (DriftApiException e)
            {
                // Also without leave to send: a key may be mended while the agent runs.
                var delay = Backoff.DelayAfter(attempt, e.RetryAfter);
                if (attempt == 1)
                    LogUnsent(e.Message, GpuBuffer.Capacity);
                await Task.Delay(delay, time, stoppingToken);
            }
        }
    }

    [LoggerMessage(EventId = 9100, EventName = "GpuReportsUnsent", Level = LogLevel.Warning, Message = "Reports wait: {Reason} The last {Capacity} are kept and sent when the server takes them.")]
    private partial void LogUnsent(string reason, int capacity);

    [LoggerMessage(EventId = 9101, EventName = "GpuReportsSentAgain", Level = LogLevel.Information, Message = "Reports are sent again after {Attempts} attempt(s); {Dropped} went unsent since the agent began.")]
    private partial void LogAgain(int attempts, long dropped);

    [LoggerMessage(EventId = 9102, EventName = "GpuReportsRefused", Level = LogLevel.Error, Message = "The server refuses {Count} report(s), they are dropped: {Reason} An agent and a server of one version do not do this.")]
    private partial void LogRefused(int count, string reason);
}
