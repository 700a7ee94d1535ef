using Microsoft.Extensions.Options;

namespace Drift.Storage;

/// <summary>A table whose rows expire, the column that says when they came to be, and which of its rows are meant.</summary>
internal sealed record ExpiringTable(string Name, string TimeColumn, string Rows = "true");

/// <summary>What a store brings to retention.</summary>
internal interface IExpiry
{
    /// <summary>Makes what the coming days need.</summary>
    Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes logged predictions that arrived before a time, in the store's own way, and says how many. A store may keep some a day longer.</summary>
    Task<long> DeletePredictionsBeforeAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Deletes at most <paramref name="limit"/> of the rows before a time, in one transaction, and says how many.</summary>
    Task<int> DeleteBeforeAsync(ExpiringTable table, DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

internal sealed class Retention(IExpiry expiry, IOptions<RetentionOptions> options) : IRetention
{
    /// <summary>Rows per transaction: tens of milliseconds, during which SQLite takes no other write.</summary>
    internal const int ChunkRows = 5_000;

    private static readonly ExpiringTable DriftMetrics = new("drift_metrics", "timestamp");
    private static readonly ExpiringTable FeatureDrift = new("feature_drift", "timestamp");
    private static readonly ExpiringTable MlMetrics = new("ml_metrics", "timestamp");
    private static readonly ExpiringTable Labels = new("labels", "logged_at");
    private static readonly ExpiringTable GpuRaw = new("gpu_samples", "timestamp", "resolution = 'raw'");
    private static readonly ExpiringTable GpuMinutes = new("gpu_samples", "timestamp", "resolution = 'minute'");
    private static readonly ExpiringTable GpuHours = new("gpu_samples", "timestamp", "resolution = 'hour'");
    private static readonly ExpiringTable GpuNodes = new("gpu_nodes", "reported_at");

    // What is not resolved, or not settled, has no such time and stays.
    private static readonly ExpiringTable Alerts = new("alerts", "resolved_at");
    private static readonly ExpiringTable Silences = new("silences", "ends_at");
    private static readonly ExpiringTable Outbox = new("outbox", "settled_at");
    private static readonly ExpiringTable Triggers = new("finetuning_triggers", "finished_at");
    private static readonly ExpiringTable TrainingRuns = new("training_runs", "finished_at");
    private static readonly ExpiringTable TrainingMetrics = new("training_metrics", "timestamp");

    // Of runs that are no longer kept; those that go on have a row.
    private static readonly ExpiringTable TrainingStates = new(
        "actor_state", "saved_at", "actor_key like 'training/%' and not exists (select 1 from training_runs r where actor_key = 'training/' || r.tenant || '/' || r.id)");

    public async Task<RetentionReport> SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await expiry.PrepareAsync(now, cancellationToken).ConfigureAwait(false);
        var history = now - options.Value.DriftMetrics;
        var log = now - options.Value.Predictions;
        return new RetentionReport(
            DriftMetrics: await DeleteAsync(expiry, DriftMetrics, history, cancellationToken).ConfigureAwait(false),
            FeatureDrift: await DeleteAsync(expiry, FeatureDrift, history, cancellationToken).ConfigureAwait(false),
            MlMetrics: await DeleteAsync(expiry, MlMetrics, history, cancellationToken).ConfigureAwait(false),
            Predictions: await expiry.DeletePredictionsBeforeAsync(log, cancellationToken).ConfigureAwait(false),
            Labels: await DeleteAsync(expiry, Labels, log, cancellationToken).ConfigureAwait(false),
            Alerts: await DeleteAsync(expiry, Alerts, now - options.Value.Alerts, cancellationToken).ConfigureAwait(false),
            Silences: await DeleteAsync(expiry, Silences, now - options.Value.Alerts, cancellationToken).ConfigureAwait(false),
            Outbox: await DeleteAsync(expiry, Outbox, now - options.Value.Outbox, cancellationToken).ConfigureAwait(false),
            Gpus: await DeleteAsync(expiry, GpuRaw, now - options.Value.GpuRaw, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(expiry, GpuMinutes, now - options.Value.GpuMinutes, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(expiry, GpuHours, now - options.Value.GpuHours, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(expiry, GpuNodes, now - options.Value.GpuHours, cancellationToken).ConfigureAwait(false),
            Triggers: await DeleteAsync(expiry, Triggers, now - options.Value.Triggers, cancellationToken).ConfigureAwait(false),
            Training: await DeleteAsync(expiry, TrainingRuns, now - options.Value.Training, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(expiry, TrainingMetrics, now - options.Value.Training, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(expiry, TrainingStates, now - options.Value.Training, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Deletes chunk by chunk what came before a time.</summary>
    internal static async Task<long> DeleteAsync(IExpiry expiry, ExpiringTable table, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var total = 0L;
        int deleted;
        do
        {
            deleted = await expiry.DeleteBeforeAsync(table, before, ChunkRows, cancellationToken).ConfigureAwait(false);
            total += deleted;
        }
        while (deleted == ChunkRows);

        return total;
    }
}
