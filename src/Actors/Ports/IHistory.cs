using Drift.Core.Detection;

namespace Drift.Actors.Ports;

/// <summary>The verdicts of the past, as dashboards query them. Thread-safe. Not on the ingest path: a failure costs history, not rows.</summary>
public interface IHistory
{
    /// <summary>Writes a verdict to <c>drift_metrics</c>, <c>feature_drift</c> and <c>ml_metrics</c>.</summary>
    Task WriteAsync(ModelId model, Verdict verdict, CancellationToken cancellationToken);

    /// <summary>Reads verdicts, newest first.</summary>
    Task<IReadOnlyList<HistoryEntry>> ReadAsync(ModelId model, HistoryQuery query, CancellationToken cancellationToken);
}
