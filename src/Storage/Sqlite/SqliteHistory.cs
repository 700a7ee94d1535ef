using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Core.Detection;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteHistory(SqliteDatabase database) : IHistory
{
    private const string InsertDriftMetrics = """
        insert into drift_metrics (timestamp, tenant, model, "window", segment, status, kl_divergence, psi, js_distance, baseline_accuracy,
            current_accuracy, combined_score, drift_detected, severity, "rows", details)
        values ($timestamp, $tenant, $model, $window, $segment, $status, $kl, $psi, $js, $baseline_accuracy,
            $current_accuracy, $combined_score, $drift_detected, $severity, $rows, $details)
        """;

    private const string InsertFeatureDrift = """
        insert into feature_drift (timestamp, tenant, model, "window", segment, feature, role, type, kl_divergence, psi, js_distance, p_value,
            q_value, share, missing, drift_detected, severity, "rows")
        values ($timestamp, $tenant, $model, $window, $segment, $feature, $role, $type, $kl, $psi, $js, $p_value,
            $q_value, $share, $missing, $drift_detected, $severity, $rows)
        """;

    private const string InsertMlMetrics = """
        insert into ml_metrics (timestamp, prediction_drift, num_drifted_columns, share_missing_values, dataset_drift, drift_score, model_name)
        values ($timestamp, $prediction_drift, $num_drifted_columns, $share_missing_values, $dataset_drift, $drift_score, $model_name)
        """;

    private const string SelectModel = """
        select timestamp, "window", kl_divergence, psi, js_distance, baseline_accuracy, current_accuracy, combined_score, drift_detected,
            severity, "rows"
        from drift_metrics
        where tenant = $tenant and model = $model and timestamp >= $from and segment is null and ($window is null or "window" = $window)
        order by timestamp desc, id desc
        limit $limit
        """;

    private const string SelectFeature = """
        select timestamp, "window", kl_divergence, psi, js_distance, p_value, drift_detected, severity, "rows"
        from feature_drift
        where tenant = $tenant and model = $model and feature = $feature and timestamp >= $from and segment is null
            and ($window is null or "window" = $window)
        order by timestamp desc, id desc
        limit $limit
        """;

    public Task WriteAsync(ModelId model, Verdict verdict, CancellationToken cancellationToken)
    {
        var clean = StoredVerdict.Clean(verdict);
        return database.TransactAsync(session => Write(session, model, clean), cancellationToken);
    }

    public Task<IReadOnlyList<HistoryEntry>> ReadAsync(ModelId model, HistoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return query.Feature is { } feature
            ? database.ReadAsync(session => ReadFeature(session, model, query, StoredText.Clean(feature)), cancellationToken)
            : database.ReadAsync(session => ReadModel(session, model, query), cancellationToken);
    }

    private static int Write(SqliteSession session, ModelId model, Verdict verdict)
    {
        var written = session.Statement(InsertDriftMetrics)
            .Bind("$timestamp", verdict.EvaluatedAt)
            .Bind("$tenant", model.Tenant)
            .Bind("$model", model.Name)
            .Bind("$window", verdict.Window)
            .Bind("$segment", verdict.Segment)
            .Bind("$status", Names.Of(verdict.Status))
            .Bind("$kl", verdict.Kl)
            .Bind("$psi", verdict.Psi)
            .Bind("$js", verdict.Js)
            .Bind("$baseline_accuracy", verdict.ReferenceAccuracy)
            .Bind("$current_accuracy", verdict.CurrentAccuracy)
            .Bind("$combined_score", verdict.CombinedScore)
            .Bind("$drift_detected", verdict.DriftDetected)
            .Bind("$severity", Names.Of(verdict.Severity))
            .Bind("$rows", verdict.Rows)
            .Bind("$details", StorageJson.Write(verdict))
            .Execute();

        foreach (var column in verdict.Features)
        {
            written += session.Statement(InsertFeatureDrift)
                .Bind("$timestamp", verdict.EvaluatedAt)
                .Bind("$tenant", model.Tenant)
                .Bind("$model", model.Name)
                .Bind("$window", verdict.Window)
                .Bind("$segment", verdict.Segment)
                .Bind("$feature", column.Name)
                .Bind("$role", Names.Of(column.Role))
                .Bind("$type", Names.Of(column.Type))
                .Bind("$kl", column.Kl)
                .Bind("$psi", column.Psi)
                .Bind("$js", column.Js)
                .Bind("$p_value", column.PValue)
                .Bind("$q_value", column.QValue)
                .Bind("$share", column.Share)
                .Bind("$missing", column.Missing)
                .Bind("$drift_detected", column.Drifted)
                .Bind("$severity", Names.Of(column.Severity))
                .Bind("$rows", verdict.Rows)
                .Execute();
        }

        if (MlMetrics.Of(verdict) is { } metrics)
        {
            written += session.Statement(InsertMlMetrics)
                .Bind("$timestamp", verdict.EvaluatedAt)
                .Bind("$prediction_drift", metrics.PredictionDrift)
                .Bind("$num_drifted_columns", metrics.DriftedColumns)
                .Bind("$share_missing_values", metrics.ShareMissing)
                .Bind("$dataset_drift", metrics.DatasetDrift)
                .Bind("$drift_score", metrics.DriftScore)
                .Bind("$model_name", model.ToString())
                .Execute();
        }

        return written;
    }

    private static IReadOnlyList<HistoryEntry> ReadModel(SqliteSession session, ModelId model, HistoryQuery query)
    {
        using var row = Bind(session.Statement(SelectModel), model, query).Query();
        var entries = new List<HistoryEntry>();
        while (row.Read())
        {
            entries.Add(new HistoryEntry
            {
                Model = model.ToString(),
                Timestamp = row.Time(0),
                Window = row.GetString(1),
                KlDivergence = row.Real(2),
                Psi = row.Real(3),
                Js = row.Real(4),
                BaselineAccuracy = row.Real(5),
                CurrentAccuracy = row.Real(6),
                CombinedScore = row.Real(7),
                DriftDetected = row.Boolean(8),
                Severity = Names.ToSeverity(row.GetString(9)),
                Rows = row.GetInt64(10),
            });
        }

        return entries;
    }

    private static IReadOnlyList<HistoryEntry> ReadFeature(SqliteSession session, ModelId model, HistoryQuery query, string feature)
    {
        using var row = Bind(session.Statement(SelectFeature), model, query).Bind("$feature", feature).Query();
        var entries = new List<HistoryEntry>();
        while (row.Read())
        {
            entries.Add(new HistoryEntry
            {
                Model = model.ToString(),
                Feature = query.Feature,
                Timestamp = row.Time(0),
                Window = row.GetString(1),
                KlDivergence = row.Real(2),
                Psi = row.Real(3),
                Js = row.Real(4),
                PValue = row.Real(5),
                DriftDetected = row.Boolean(6),
                Severity = Names.ToSeverity(row.GetString(7)),
                Rows = row.GetInt64(8),
            });
        }

        return entries;
    }

    private static SqliteStatement Bind(SqliteStatement statement, ModelId model, HistoryQuery query) =>
        statement
            .Bind("$tenant", model.Tenant)
            .Bind("$model", model.Name)
            .Bind("$from", query.From)
            .Bind("$window", query.Window)
            .Bind("$limit", query.Limit);
}
