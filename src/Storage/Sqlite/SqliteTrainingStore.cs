using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Core.Training;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteTrainingStore(SqliteDatabase database) : ITrainingStore
{
    private const string Columns = """
        tenant, id, model, base_model, trigger_id, adapter_version, status, fault, parameters, sequence, started_at, updated_at, last_point_at,
        finished_at, points, point_timestamp, step, epoch, training_loss, validation_loss, ewc_lambda, fisher_matrix_size_bytes, replay_buffer_size,
        replay_buffer_capacity, learning_rate, samples, diverged, best_training_loss, best_validation_loss, summary
        """;

    private const string PointColumns = """
        number, timestamp, step, epoch, training_loss, validation_loss, ewc_lambda, fisher_matrix_size_bytes, replay_buffer_size,
        replay_buffer_capacity, learning_rate, samples, diverged
        """;

    private const string Upsert = $"""
        insert into training_runs ({Columns})
        values (
            $tenant, $id, $model, $base_model, $trigger_id, $adapter_version, $status, $fault, $parameters, $sequence, $started_at, $updated_at,
            $last_point_at, $finished_at, $points, $point_timestamp, $step, $epoch, $training_loss, $validation_loss, $ewc_lambda,
            $fisher_matrix_size_bytes, $replay_buffer_size, $replay_buffer_capacity, $learning_rate, $samples, $diverged, $best_training_loss,
            $best_validation_loss, $summary)
        on conflict (tenant, id) do update set
            adapter_version = excluded.adapter_version, status = excluded.status, fault = excluded.fault, sequence = excluded.sequence,
            updated_at = excluded.updated_at, last_point_at = excluded.last_point_at, finished_at = excluded.finished_at, points = excluded.points,
            point_timestamp = excluded.point_timestamp, step = excluded.step, epoch = excluded.epoch, training_loss = excluded.training_loss,
            validation_loss = excluded.validation_loss, ewc_lambda = excluded.ewc_lambda,
            fisher_matrix_size_bytes = excluded.fisher_matrix_size_bytes, replay_buffer_size = excluded.replay_buffer_size,
            replay_buffer_capacity = excluded.replay_buffer_capacity, learning_rate = excluded.learning_rate, samples = excluded.samples,
            diverged = excluded.diverged, best_training_loss = excluded.best_training_loss, best_validation_loss = excluded.best_validation_loss,
            summary = excluded.summary
        where training_runs.sequence < excluded.sequence
        """;

    private const string Insert = """
        insert into training_metrics (
            tenant, run_id, number, model, timestamp, step, epoch, training_loss, validation_loss, ewc_lambda, fisher_matrix_size_bytes,
            replay_buffer_size, replay_buffer_capacity, learning_rate, samples, diverged)
        values (
            $tenant, $run_id, $number, $model, $timestamp, $step, $epoch, $training_loss, $validation_loss, $ewc_lambda, $fisher_matrix_size_bytes,
            $replay_buffer_size, $replay_buffer_capacity, $learning_rate, $samples, $diverged)
        on conflict do nothing
        """;

    private const string List = $"""
        select {Columns} from training_runs
        where tenant = $tenant and ($model is null or model = $model) and ($status is null or status = $status)
          and ($trigger_id is null or trigger_id = $trigger_id)
          and ($before is null or (started_at, id) < (select started_at, id from training_runs where tenant = $tenant and id = $before))
        order by started_at desc, id desc limit $limit
        """;

    private const string Find = $"""
        select {Columns} from training_runs where tenant = $tenant and id = $id
        """;

    private const string Points = $"""
        select {PointColumns} from training_metrics where tenant = $tenant and run_id = $run_id and number > $after order by number limit $limit
        """;

    /// <summary>Writes a run as it is now and adds points of it, within a transaction of the caller.</summary>
    public static void Write(SqliteSession session, TrainingRun given, IReadOnlyList<NumberedPoint> points)
    {
        var run = TrainingText.Clean(given);
        Write(session, run);
        foreach (var point in points)
            Add(session, run, point);
    }

    private static void Write(SqliteSession session, TrainingRun r) =>
        session.Statement(Upsert)
            .Bind("$tenant", r.Tenant)
            .Bind("$id", r.Id)
            .Bind("$model", r.Model)
            .Bind("$base_model", r.BaseModel)
            .Bind("$trigger_id", r.TriggerId)
            .Bind("$adapter_version", r.AdapterVersion)
            .Bind("$status", TrainingText.Of(r.Status))
            .Bind("$fault", TrainingText.Of(r.Fault))
            .Bind("$parameters", StorageJson.Write(r.Parameters))
            .Bind("$sequence", r.Sequence)
            .Bind("$started_at", r.StartedAt)
            .Bind("$updated_at", r.UpdatedAt)
            .Bind("$last_point_at", r.LastPointAt)
            .Bind("$finished_at", r.FinishedAt)
            .Bind("$points", r.Points)
            .Bind("$point_timestamp", r.Points == 0 ? null : r.Latest.Timestamp)
            .Bind("$step", r.Latest.Step)
            .Bind("$epoch", r.Latest.Epoch)
            .Bind("$training_loss", r.Latest.TrainingLoss)
            .Bind("$validation_loss", r.Latest.ValidationLoss)
            .Bind("$ewc_lambda", r.Latest.EwcLambda)
            .Bind("$fisher_matrix_size_bytes", r.Latest.FisherMatrixSizeBytes)
            .Bind("$replay_buffer_size", r.Latest.ReplayBufferSize)
            .Bind("$replay_buffer_capacity", r.Latest.ReplayBufferCapacity)
            .Bind("$learning_rate", r.Latest.LearningRate)
            .Bind("$samples", r.Latest.Samples)
            .Bind("$diverged", r.Latest.Diverged)
            .Bind("$best_training_loss", r.BestTrainingLoss)
            .Bind("$best_validation_loss", r.BestValidationLoss)
            .Bind("$summary", r.Summary)
            .Execute();

    private static void Add(SqliteSession session, TrainingRun run, NumberedPoint n) =>
        session.Statement(Insert)
            .Bind("$tenant", run.Tenant)
            .Bind("$run_id", run.Id)
            .Bind("$number", n.Number)
            .Bind("$model", run.Model)
            .Bind("$timestamp", n.Point.Timestamp)
            .Bind("$step", n.Point.Step)
            .Bind("$epoch", n.Point.Epoch)
            .Bind("$training_loss", n.Point.TrainingLoss)
            .Bind("$validation_loss", n.Point.ValidationLoss)
            .Bind("$ewc_lambda", n.Point.EwcLambda)
            .Bind("$fisher_matrix_size_bytes", n.Point.FisherMatrixSizeBytes)
            .Bind("$replay_buffer_size", n.Point.ReplayBufferSize)
            .Bind("$replay_buffer_capacity", n.Point.ReplayBufferCapacity)
            .Bind("$learning_rate", n.Point.LearningRate)
            .Bind("$samples", n.Point.Samples)
            .Bind("$diverged", n.Point.Diverged)
            .Execute();

    public Task<IReadOnlyList<TrainingRun>> ListAsync(string tenant, TrainingQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Rows(
                session.Statement(List)
                    .Bind("$tenant", tenant)
                    .Bind("$model", query.Model)
                    .Bind("$status", query.Status is { } status ? TrainingText.Of(status) : null)
                    .Bind("$trigger_id", query.TriggerId)
                    .Bind("$before", query.Before)
                    .Bind("$limit", query.Limit),
                ReadRun),
            cancellationToken);

    public Task<TrainingRun?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Rows(session.Statement(Find).Bind("$tenant", tenant).Bind("$id", id), ReadRun).FirstOrDefault(), cancellationToken);

    public Task<IReadOnlyList<NumberedPoint>> ReadPointsAsync(string tenant, string run, long after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Rows(session.Statement(Points).Bind("$tenant", tenant).Bind("$run_id", run).Bind("$after", after).Bind("$limit", limit), ReadPoint),
            cancellationToken);

    private static IReadOnlyList<T> Rows<T>(SqliteStatement statement, Func<SqliteDataReader, T> read)
    {
        using var row = statement.Query();
        var rows = new List<T>();
        while (row.Read())
            rows.Add(read(row));

        return rows;
    }

    private static TrainingRun ReadRun(SqliteDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Id = row.GetString(1),
        Model = row.GetString(2),
        BaseModel = row.Text(3),
        TriggerId = row.Text(4),
        AdapterVersion = row.Text(5),
        Status = TrainingText.ToTrainingStatus(row.GetString(6)),
        Fault = TrainingText.ToFault(row.GetString(7)),
        Parameters = StorageJson.ReadHeaders(row.Text(8)),
        Sequence = row.GetInt32(9),
        StartedAt = row.Time(10),
        UpdatedAt = row.Time(11),
        LastPointAt = row.TimeOrNull(12),
        FinishedAt = row.TimeOrNull(13),
        Points = row.GetInt64(14),
        Latest = new TrainingPoint
        {
            Timestamp = row.TimeOrNull(15) ?? default,
            Step = row.Long(16),
            Epoch = row.Real(17),
            TrainingLoss = row.Real(18),
            ValidationLoss = row.Real(19),
            EwcLambda = row.Real(20),
            FisherMatrixSizeBytes = row.Long(21),
            ReplayBufferSize = row.Long(22),
            ReplayBufferCapacity = row.Long(23),
            LearningRate = row.Real(24),
            Samples = row.Long(25),
            Diverged = row.Boolean(26),
        },
        BestTrainingLoss = row.Real(27),
        BestValidationLoss = row.Real(28),
        Summary = row.Text(29),
    };

    private static NumberedPoint ReadPoint(SqliteDataReader row) => new(
        row.GetInt64(0),
        new TrainingPoint
        {
            Timestamp = row.Time(1),
            Step = row.Long(2),
            Epoch = row.Real(3),
            TrainingLoss = row.Real(4),
            ValidationLoss = row.Real(5),
            EwcLambda = row.Real(6),
            FisherMatrixSizeBytes = row.Long(7),
            ReplayBufferSize = row.Long(8),
            ReplayBufferCapacity = row.Long(9),
            LearningRate = row.Real(10),
            Samples = row.Long(11),
            Diverged = row.Boolean(12),
        });
}
