using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Storage;

/// <summary>Sweeps at start and then every <see cref="RetentionOptions.Interval"/>. A sweep that fails is tried again at the next.</summary>
internal sealed partial class RetentionService(
    IRetention retention, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        try
        {
            do
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what was deleted so far is deleted.
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        try
        {
            var report = await retention.SweepAsync(time.GetUtcNow(), stoppingToken).ConfigureAwait(false);
            if (report.Total > 0)
                LogSwept(report.DriftMetrics, report.FeatureDrift, report.MlMetrics, report.Predictions, report.Labels, report.Alerts, report.Silences, report.Outbox, report.Gpus, report.Triggers, report.Training);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(e, options.Value.Interval);
        }
    }

    [LoggerMessage(
        StorageEventId.RetentionSwept, LogLevel.Information,
        "Deleted what is no longer kept: {DriftMetrics} rows of drift_metrics, {FeatureDrift} of feature_drift, {MlMetrics} of ml_metrics, "
        + "{Predictions} of predictions, {Labels} of labels, {Alerts} of alerts, {Silences} of silences, {Outbox} of outbox, "
        + "{Gpus} of gpu_samples and gpu_nodes, {Triggers} of finetuning_triggers, {Training} of training_runs and training_metrics. Drift:Retention says how long they are kept.")]
    private partial void LogSwept(
        long driftMetrics, long featureDrift, long mlMetrics, long predictions, long labels, long alerts, long silences, long outbox, long gpus, long triggers, long training);

    [LoggerMessage(
        StorageEventId.RetentionFailed, LogLevel.Warning,
        "Old rows could not be deleted; this is tried again in {Interval}. If it goes on, the database grows: check that it can be reached and is migrated.")]
    private partial void LogFailed(Exception exception, TimeSpan interval);
}
