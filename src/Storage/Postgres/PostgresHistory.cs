using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresHistory(PostgresDatabase database) : IHistory
{
    private const string InsertDriftMetrics = """
        insert into drift_metrics (timestamp, tenant, model, "window", segment, status, kl_divergence, psi, js_distance, baseline_accuracy,
            current_accuracy, combined_score, drift_detected, severity, "rows", details)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    private const string InsertFeatureDrift = """
        insert into feature_drift (timestamp, tenant, model, "window", segment, "rows", feature, role, type, kl_divergence, psi, js_distance,
            p_value, q_value, share, missing, drift_detected, severity)
        select $1, $2, $3, $4, $5, $6, f.* from unnest($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) as f
        """;

    private const string InsertMlMetrics = """
        insert into ml_metrics (timestamp, prediction_drift, num_drifted_columns, share_missing_values, dataset_drift, drift_score, model_name)
        values ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string SelectModel = """
        select timestamp, "window", kl_divergence, psi, js_distance, baseline_accuracy, current_accuracy, combined_score, drift_detected,
            severity, "rows"
        from drift_metrics
        where tenant = $1 and model = $2 and timestamp >= $3 and segment is null and ($4 is null or "window" = $4)
        order by timestamp desc, id desc
        limit $5
        """;

    private const string SelectFeature = """
        select timestamp, "window", kl_divergence, psi, js_distance, p_value, drift_detected, severity, "rows"
        from feature_drift
        where tenant = $1 and model = $2 and timestamp >= $3 and segment is null and ($4 is null or "window" = $4) and feature = $6
        order by timestamp desc, id desc
        limit $5
        """;

    public Task WriteAsync(ModelId model, Verdict verdict, CancellationToken cancellationToken)
    {
        var clean = StoredVerdict.Clean(verdict);
        return database.ExecuteAsync(() => Batch(model, clean), cancellationToken);
    }

    public async Task<IReadOnlyList<HistoryEntry>> ReadAsync(ModelId model, HistoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return query.Feature is null
            ? await database.QueryAsync(() => Select(SelectModel, model, query), row => ModelEntry(row, model), cancellationToken).ConfigureAwait(false)
            : await database.QueryAsync(
                () => Select(SelectFeature, model, query), row => FeatureEntry(row, model, query.Feature), cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlBatch Batch(ModelId model, Verdict verdict)
    {
        var batch = database.Batch(
            new NpgsqlBatchCommand(InsertDriftMetrics)
            {
                Parameters =
                {
                    Parameter.Time(verdict.EvaluatedAt),
                    Parameter.Text(model.Tenant),
                    Parameter.Text(model.Name),
                    Parameter.Text(verdict.Window),
                    Parameter.Text(verdict.Segment),
                    Parameter.Text(Names.Of(verdict.Status)),
                    Parameter.Real(verdict.Kl),
                    Parameter.Real(verdict.Psi),
                    Parameter.Real(verdict.Js),
                    Parameter.Real(verdict.ReferenceAccuracy),
                    Parameter.Real(verdict.CurrentAccuracy),
                    Parameter.Real(verdict.CombinedScore),
                    Parameter.Boolean(verdict.DriftDetected),
                    Parameter.Text(Names.Of(verdict.Severity)),
                    Parameter.Long(verdict.Rows),
                    Parameter.Json(StorageJson.Write(verdict)),
                },
            });
        var columns = verdict.Features;
        if (columns.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertFeatureDrift)
            {
                Parameters =
                {
                    Parameter.Time(verdict.EvaluatedAt),
                    Parameter.Text(model.Tenant),
                    Parameter.Text(model.Name),
                    Parameter.Text(verdict.Window),
                    Parameter.Text(verdict.Segment),
                    Parameter.Long(verdict.Rows),
                    Parameter.Texts(columns, column => column.Name),
                    Parameter.Texts(columns, column => Names.Of(column.Role)),
                    Parameter.Texts(columns, column => Names.Of(column.Type)),
                    Parameter.Reals(columns, column => column.Kl),
                    Parameter.Reals(columns, column => column.Psi),
                    Parameter.Reals(columns, column => column.Js),
                    Parameter.Reals(columns, column => column.PValue),
                    Parameter.Reals(columns, column => column.QValue),
                    Parameter.Reals(columns, column => column.Share),
                    Parameter.Reals(columns, column => column.Missing),
                    Parameter.Booleans(columns, column => column.Drifted),
                    Parameter.Texts(columns, column => Names.Of(column.Severity)),
                },
            });
        }

        if (MlMetrics.Of(verdict) is { } metrics)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertMlMetrics)
            {
                Parameters =
                {
                    Parameter.Time(verdict.EvaluatedAt),
                    Parameter.Real(metrics.PredictionDrift),
                    Parameter.Integer(metrics.DriftedColumns),
                    Parameter.Real(metrics.ShareMissing),
                    Parameter.Boolean(metrics.DatasetDrift),
                    Parameter.Real(metrics.DriftScore),
                    Parameter.Text(model.ToString()),
                },
            });
        }

        return batch;
    }

    private NpgsqlCommand Select(string sql, ModelId model, HistoryQuery query)
    {
        var command = database.Command(
            sql,
            Parameter.Text(model.Tenant), Parameter.Text(model.Name), Parameter.Time(query.From), Parameter.Text(query.Window), Parameter.Integer(query.Limit));
        if (query.Feature is not null)
            command.Parameters.Add(Parameter.Text(StoredText.Clean(query.Feature)));

        return command;
    }

    private static HistoryEntry ModelEntry(NpgsqlDataReader row, ModelId model) => new()
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
        DriftDetected = row.GetBoolean(8),
        Severity = Names.ToSeverity(row.GetString(9)),
        Rows = row.GetInt64(10),
    };

    private static HistoryEntry FeatureEntry(NpgsqlDataReader row, ModelId model, string feature) => new()
    {
        Model = model.ToString(),
        Feature = feature,
        Timestamp = row.Time(0),
        Window = row.GetString(1),
        KlDivergence = row.Real(2),
        Psi = row.Real(3),
        Js = row.Real(4),
        PValue = row.Real(5),
        DriftDetected = row.GetBoolean(6),
        Severity = Names.ToSeverity(row.GetString(7)),
        Rows = row.GetInt64(8),
    };
}
