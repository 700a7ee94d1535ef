using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Npgsql;
using NpgsqlTypes;

namespace Drift.Storage.Postgres;

internal sealed class PostgresAdapterStore(PostgresDatabase database) : IAdapterStore
{
    private static readonly string Upsert = $"""
        insert into lora_adapters ({AdapterColumns.AdapterList}) values ({Numbers(AdapterColumns.Adapter.Count)})
        on conflict (tenant, base_model, version) do update set {AdapterColumns.AdapterUpdate}
        """;

    private static readonly string InsertTransition = $"""
        insert into lora_transitions ({string.Join(", ", AdapterColumns.Transition)}) values ({Numbers(AdapterColumns.Transition.Count)})
        on conflict do nothing
        """;

    private static readonly string UpsertPoint = $"""
        insert into lora_performance ({string.Join(", ", AdapterColumns.Point)}) values ({Numbers(AdapterColumns.Point.Count)})
        on conflict (tenant, base_model, adapter_version, metric_name, timestamp) do update set
            metric_value = excluded.metric_value, sample_count = excluded.sample_count, metadata = excluded.metadata
        """;

    // Those of one transaction have one time: their sequence tells which came first.
    private static readonly string List = $"""
        select {AdapterColumns.AdapterList} from lora_adapters a
        where tenant = $1 and ($2 is null or base_model = $2) and ($3 is null or state = $3)
        order by created_at desc, base_model, (select min(sequence) from lora_transitions t
            where t.tenant = a.tenant and t.base_model = a.base_model and t.version = a.version) desc
        limit $4
        """;

    private const string ListBases = $"""
        select distinct tenant, base_model from lora_adapters where state not in {AdapterColumns.Ends} order by tenant, base_model
        """;

    private const string FindBases = "select base_model from lora_adapters where tenant = $1 and version = $2 order by base_model";

    private const string Transitions = $"""
        select {AdapterColumns.TransitionSelect} from lora_transitions where tenant = $1 and base_model = $2 and version = $3 order by sequence
        """;

    private const string Performance = $"""
        select {AdapterColumns.PointSelect} from lora_performance
        where tenant = $1 and base_model = $2 and adapter_version = $3 and timestamp >= $4 and ($5 is null or metric_name = $5)
        order by timestamp desc, metric_name limit $6
        """;

    private const string Latest = $"""
        select distinct on (metric_name) {AdapterColumns.PointSelect} from lora_performance
        where tenant = $1 and base_model = $2 and adapter_version = $3
        order by metric_name, timestamp desc
        """;

    /// <summary>What writes the consequences of a change, within a transaction of the caller.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Write(AdapterEffects effects)
    {
        AdapterColumns.Check(effects);
        return effects.Versions.Select(Write)
            .Concat(effects.Transitions.Select(t => Write(effects, t)))
            .Concat(effects.Points.Select(p => Write(effects.Tenant, effects.BaseModel, p)));
    }

    public async Task<IReadOnlyList<AdapterDescription>> ListAsync(string tenant, AdapterQuery query, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                List, Parameter.Text(tenant), Parameter.Text(query.BaseModel), Parameter.Text(AdapterColumns.Word(query.State)), Parameter.Integer(query.Limit)),
            ReadAdapter,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<(string Tenant, string BaseModel)>> ListBasesAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(() => database.Command(ListBases), row => (row.GetString(0), row.GetString(1)), cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<string>> FindBasesAsync(string tenant, string version, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(FindBases, Parameter.Text(tenant), Parameter.Text(version)), row => row.GetString(0), cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<AdapterTransition>> ReadTransitionsAsync(
        string tenant, string baseModel, string version, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(Transitions, Parameter.Text(tenant), Parameter.Text(baseModel), Parameter.Text(version)),
            ReadTransition,
            cancellationToken).ConfigureAwait(false);

    public Task RecordAsync(string tenant, string baseModel, IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken)
    {
        AdapterColumns.Check(new AdapterEffects(tenant, baseModel, [], [], points));
        return points.Count == 0
            ? Task.CompletedTask
            : database.ExecuteAsync(() => database.Batch([.. points.Select(p => Write(tenant, baseModel, p))]), cancellationToken);
    }

    public async Task<IReadOnlyList<AdapterPerformancePoint>> ReadPerformanceAsync(
        string tenant, string baseModel, string version, DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                Performance,
                Parameter.Text(tenant),
                Parameter.Text(baseModel),
                Parameter.Text(version),
                Parameter.Time(from),
                Parameter.Text(metric),
                Parameter.Integer(limit)),
            ReadPoint,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<AdapterPerformancePoint>> ReadLatestAsync(
        string tenant, string baseModel, string version, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(Latest, Parameter.Text(tenant), Parameter.Text(baseModel), Parameter.Text(version)),
            ReadPoint,
            cancellationToken).ConfigureAwait(false);

    private static string Numbers(int count) => string.Join(", ", Enumerable.Range(1, count).Select(i => $"${i}"));

    private static NpgsqlParameter Integer(int? value) => new NpgsqlParameter<int?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    private static NpgsqlBatchCommand Write(AdapterDescription version)
    {
        var training = version.Training;
        return new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                Parameter.Text(version.Tenant),
                Parameter.Text(version.BaseModel),
                Parameter.Text(version.Version),
                Parameter.Text(version.Model),
                Parameter.Text(version.LoraName),
                Parameter.Text(version.Deployer),
                Parameter.Text(training.TrainingJobId),
                Integer(training.Rank),
                Parameter.Real(training.Alpha),
                Parameter.Real(training.Dropout),
                Parameter.Real(training.NumEpochs),
                Parameter.Real(training.LearningRate),
                Integer(training.BatchSize),
                Parameter.Real(training.TrainingLoss),
                Parameter.Real(training.ValidationLoss),
                Parameter.Real(training.TrainingTimeSeconds),
                Parameter.Text(version.ArtifactUri),
                Parameter.Json(StorageJson.Write(version.Metadata)),
                Parameter.Text(AdapterColumns.Word<AdapterState>(version.State)),
                Parameter.Text(AdapterColumns.Word(version.Role)),
                Parameter.Boolean(version.IsActive),
                Parameter.Time(version.CreatedAt),
                Parameter.Time(version.DeployedAt),
                Parameter.Time(version.UpdatedAt),
                Parameter.Long(version.Sequence),
                Parameter.Text(version.Message),
                Parameter.Text(version.Replaced),
                Parameter.Text(version.DeploymentId),
                Parameter.Real(version.Share),
                Parameter.Json(StorageJson.Write(version.Canary)),
            },
        };
    }

    private static NpgsqlBatchCommand Write(AdapterEffects effects, AdapterTransition transition) => new(InsertTransition)
    {
        Parameters =
        {
            Parameter.Text(effects.Tenant),
            Parameter.Text(effects.BaseModel),
            Parameter.Long(transition.Sequence),
            Parameter.Text(transition.Version),
            Parameter.Time(transition.At),
            Parameter.Text(AdapterColumns.Word(transition.Command)),
            Parameter.Text(AdapterColumns.Word(transition.From)),
            Parameter.Text(AdapterColumns.Word(transition.FromRole)),
            Parameter.Text(AdapterColumns.Word<AdapterState>(transition.To)),
            Parameter.Text(AdapterColumns.Word(transition.ToRole)),
            Parameter.Text(transition.By),
            Parameter.Text(transition.Reason),
        },
    };

    private static NpgsqlBatchCommand Write(string tenant, string baseModel, AdapterPerformancePoint point) => new(UpsertPoint)
    {
        Parameters =
        {
            Parameter.Text(tenant),
            Parameter.Text(baseModel),
            Parameter.Text(point.Version),
            Parameter.Text(point.MetricName),
            Parameter.Real(point.MetricValue),
            Parameter.Long(point.SampleCount),
            Parameter.Time(point.Timestamp),
            Parameter.Json(StorageJson.Write(point.Metadata)),
        },
    };

    private static AdapterDescription ReadAdapter(NpgsqlDataReader row) => new()
    {
        Tenant = row.GetString(0),
        BaseModel = row.GetString(1),
        Version = row.GetString(2),
        Model = row.Text(3),
        LoraName = row.GetString(4),
        Deployer = row.GetString(5),
        Training = new AdapterTraining
        {
            TrainingJobId = row.Text(6),
            Rank = row.IsDBNull(7) ? null : row.GetInt32(7),
            Alpha = row.Real(8),
            Dropout = row.Real(9),
            NumEpochs = row.Real(10),
            LearningRate = row.Real(11),
            BatchSize = row.IsDBNull(12) ? null : row.GetInt32(12),
            TrainingLoss = row.Real(13),
            ValidationLoss = row.Real(14),
            TrainingTimeSeconds = row.Real(15),
        },
        ArtifactUri = row.Text(16),
        Metadata = StorageJson.ReadHeaders(row.Text(17)),
        State = AdapterColumns.Parse<AdapterState>(row.GetString(18)),
        Role = AdapterColumns.ParseOrNull<AdapterRole>(row.Text(19)),
        CreatedAt = row.Time(21),
        DeployedAt = row.TimeOrNull(22),
        UpdatedAt = row.Time(23),
        Sequence = row.GetInt64(24),
        Message = row.Text(25),
        Replaced = row.Text(26),
        DeploymentId = row.Text(27),
        Share = row.Real(28),
        Canary = StorageJson.ReadCanary(row.Text(29)),
    };

    private static AdapterTransition ReadTransition(NpgsqlDataReader row) => new()
    {
        Version = row.GetString(0),
        Sequence = row.GetInt64(1),
        At = row.Time(2),
        Command = AdapterColumns.ParseOrNull<AdapterCommand>(row.Text(3)),
        From = AdapterColumns.ParseOrNull<AdapterState>(row.Text(4)),
        FromRole = AdapterColumns.ParseOrNull<AdapterRole>(row.Text(5)),
        To = AdapterColumns.Parse<AdapterState>(row.GetString(6)),
        ToRole = AdapterColumns.ParseOrNull<AdapterRole>(row.Text(7)),
        By = row.GetString(8),
        Reason = row.Text(9),
    };

    private static AdapterPerformancePoint ReadPoint(NpgsqlDataReader row) => new()
    {
        Version = row.GetString(0),
        MetricName = row.GetString(1),
        MetricValue = row.GetDouble(2),
        SampleCount = row.GetInt64(3),
        Timestamp = row.Time(4),
        Metadata = StorageJson.ReadHeaders(row.Text(5)),
    };
}
