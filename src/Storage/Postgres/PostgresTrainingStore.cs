using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Core.Training;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresTrainingStore(PostgresDatabase database) : ITrainingStore
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
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
            $30)
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
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict do nothing
        """;

    private const string List = $"""
        select {Columns} from training_runs
        where tenant = $1 and ($2 is null or model = $2) and ($3 is null or status = $3)
          and ($4 is null or trigger_id = $4)
          and ($5 is null or (started_at, id) < (select started_at, id from training_runs where tenant = $1 and id = $5))
        order by started_at desc, id desc limit $6
        """;

    private const string Find = $"""
        select {Columns} from training_runs where tenant = $1 and id = $2
        """;

    private const string Points = $"""
        select {PointColumns} from training_metrics where tenant = $1 and run_id = $2 and number > $3 order by number limit $4
        """;

    /// <summary>Writes a run as it is now and adds points of it, within a transaction of the caller.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Write(TrainingRun given, IReadOnlyList<NumberedPoint> points)
    {
        var run = TrainingText.Clean(given);
        return points.Select(point => Add(run, point)).Prepend(Write(run));
    }

    private static NpgsqlBatchCommand Write(TrainingRun r) => new(Upsert)
    {
        Parameters =
        {
            Parameter.Text(r.Tenant),
            Parameter.Text(r.Id),
            Parameter.Text(r.Model),
            Parameter.Text(r.BaseModel),
            Parameter.Text(r.TriggerId),
            Parameter.Text(r.AdapterVersion),
            Parameter.Text(TrainingText.Of(r.Status)),
            Parameter.Text(TrainingText.Of(r.Fault)),
            Parameter.Json(StorageJson.Write(r.Parameters)),
            Parameter.Integer(r.Sequence),
            Parameter.Time(r.StartedAt),
            Parameter.Time(r.UpdatedAt),
            Parameter.Time(r.LastPointAt),
            Parameter.Time(r.FinishedAt),
            Parameter.Long(r.Points),
            Parameter.Time(r.Points == 0 ? null : r.Latest.Timestamp),
            Parameter.Long(r.Latest.Step),
            Parameter.Real(r.Latest.Epoch),
            Parameter.Real(r.Latest.TrainingLoss),
            Parameter.Real(r.Latest.ValidationLoss),
            Parameter.Real(r.Latest.EwcLambda),
            Parameter.Long(r.Latest.FisherMatrixSizeBytes),
            Parameter.Long(r.Latest.ReplayBufferSize),
            Parameter.Long(r.Latest.ReplayBufferCapacity),
            Parameter.Real(r.Latest.LearningRate),
            Parameter.Long(r.Latest.Samples),
            Parameter.Boolean(r.Latest.Diverged),
            Parameter.Real(r.BestTrainingLoss),
            Parameter.Real(r.BestValidationLoss),
            Parameter.Text(r.Summary),
        },
    };

    private static NpgsqlBatchCommand Add(TrainingRun run, NumberedPoint n) => new(Insert)
    {
        Parameters =
        {
            Parameter.Text(run.Tenant),
            Parameter.Text(run.Id),
            Parameter.Long(n.Number),
            Parameter.Text(run.Model),
            Parameter.Time(n.Point.Timestamp),
            Parameter.Long(n.Point.Step),
            Parameter.Real(n.Point.Epoch),
            Parameter.Real(n.Point.TrainingLoss),
            Parameter.Real(n.Point.ValidationLoss),
            Parameter.Real(n.Point.EwcLambda),
            Parameter.Long(n.Point.FisherMatrixSizeBytes),
            Parameter.Long(n.Point.ReplayBufferSize),
            Parameter.Long(n.Point.ReplayBufferCapacity),
            Parameter.Real(n.Point.LearningRate),
            Parameter.Long(n.Point.Samples),
            Parameter.Boolean(n.Point.Diverged),
        },
    };

    public async Task<IReadOnlyList<TrainingRun>> ListAsync(string tenant, TrainingQuery query, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                List,
                Parameter.Text(tenant),
                Parameter.Text(query.Model),
                Parameter.Text(query.Status is { } status ? TrainingText.Of(status) : null),
                Parameter.Text(query.TriggerId),
                Parameter.Text(query.Before),
                Parameter.Integer(query.Limit)),
            ReadRun,
            cancellationToken).ConfigureAwait(false);

    public async Task<TrainingRun?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(() => database.Command(Find, Parameter.Text(tenant), Parameter.Text(id)), ReadRun, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<IReadOnlyList<NumberedPoint>> ReadPointsAsync(string tenant, string run, long after, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(Points, Parameter.Text(tenant), Parameter.Text(run), Parameter.Long(after), Parameter.Integer(limit)),
            ReadPoint,
            cancellationToken).ConfigureAwait(false);

    private static TrainingRun ReadRun(NpgsqlDataReader row) => new()
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
            Diverged = row.GetBoolean(26),
        },
        BestTrainingLoss = row.Real(27),
        BestValidationLoss = row.Real(28),
        Summary = row.Text(29),
    };

    private static NumberedPoint ReadPoint(NpgsqlDataReader row) => new(
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
            Diverged = row.GetBoolean(12),
        });
}
