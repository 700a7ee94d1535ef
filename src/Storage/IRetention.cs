namespace Drift.Storage;

/// <summary>Deletes what <see cref="RetentionOptions"/> no longer keeps.</summary>
public interface IRetention
{
    /// <summary>
    /// Deletes everything older than is kept at <paramref name="now"/>, in chunks small enough not to hold up writers, and makes ahead what
    /// the coming days need. PostgreSQL drops predictions by whole days, so it keeps some up to a day longer. Safe to run on
    /// several machines at once and to stop at any time.
    /// </summary>
    Task<RetentionReport> SweepAsync(DateTimeOffset now, CancellationToken cancellationToken = default);
}
