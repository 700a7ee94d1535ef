using Microsoft.Extensions.Options;

namespace Drift.Storage;

/// <summary>A table whose rows expire, the column that says when they came to be, and which of its rows are meant.</summary>
internal sealed record ExpiringTable(string Name, string TimeColumn, string Rows = "true");

/// <summary>What a store brings to retention.</summary>
internal interface IExpiry
{
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
    private static readonly ExpiringTable Predictions = new("predictions", "logged_at");
    private static readonly ExpiringTable Labels = new("labels", "logged_at");
    private static readonly ExpiringTable GpuRaw = new("gpu_samples", "timestamp", "resolution = 'raw'");
    private static readonly ExpiringTable GpuMinutes = new("gpu_samples", "timestamp", "resolution = 'minute'");
    private static readonly ExpiringTable GpuHours = new("gpu_samples", "timestamp", "resolution = 'hour'");
    private static readonly ExpiringTable GpuNodes = new("gpu_nodes", "reported_at");

    public async Task<RetentionReport> SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var history = now - options.Value.DriftMetrics;
        var log = now - options.Value.Predictions;
        return new RetentionReport(
            DriftMetrics: await DeleteAsync(DriftMetrics, history, cancellationToken).ConfigureAwait(false),
            FeatureDrift: await DeleteAsync(FeatureDrift, history, cancellationToken).ConfigureAwait(false),
            MlMetrics: await DeleteAsync(MlMetrics, history, cancellationToken).ConfigureAwait(false),
            Predictions: await DeleteAsync(Predictions, log, cancellationToken).ConfigureAwait(false),
            Labels: await DeleteAsync(Labels, log, cancellationToken).ConfigureAwait(false),
            Gpus: await DeleteAsync(GpuRaw, now - options.Value.GpuRaw, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(GpuMinutes, now - options.Value.GpuMinutes, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(GpuHours, now - options.Value.GpuHours, cancellationToken).ConfigureAwait(false)
                + await DeleteAsync(GpuNodes, now - options.Value.GpuHours, cancellationToken).ConfigureAwait(false));
    }

    private async Task<long> DeleteAsync(ExpiringTable table, DateTimeOffset before, CancellationToken cancellationToken)
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
