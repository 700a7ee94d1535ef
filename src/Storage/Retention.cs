using Microsoft.Extensions.Options;

namespace Drift.Storage;

/// <summary>A table whose rows expire, and the column that says when they came to be.</summary>
internal sealed record ExpiringTable(string Name, string TimeColumn);

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

    // What is not resolved, or not settled, has no such time and stays.
    private static readonly ExpiringTable Alerts = new("alerts", "resolved_at");
    private static readonly ExpiringTable Silences = new("silences", "ends_at");
    private static readonly ExpiringTable Outbox = new("outbox", "settled_at");

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
            Alerts: await DeleteAsync(Alerts, now - options.Value.Alerts, cancellationToken).ConfigureAwait(false),
            Silences: await DeleteAsync(Silences, now - options.Value.Alerts, cancellationToken).ConfigureAwait(false),
            Outbox: await DeleteAsync(Outbox, now - options.Value.Outbox, cancellationToken).ConfigureAwait(false));
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
