using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteAdapterStore(SqliteDatabase database) : IAdapterStore
{
    private static readonly string Upsert = $"""
        insert into lora_adapters ({AdapterColumns.AdapterList}) values ({string.Join(", ", AdapterColumns.Adapter.Select(c => "$" + c))})
        on conflict (tenant, base_model, version) do update set {AdapterColumns.AdapterUpdate}
        """;

    private static readonly string InsertTransition = $"""
        insert into lora_transitions ({string.Join(", ", AdapterColumns.Transition)}) values ({string.Join(", ", AdapterColumns.Transition.Select(c => "$" + c))})
        on conflict do nothing
        """;

    private static readonly string UpsertPoint = $"""
        insert into lora_performance ({string.Join(", ", AdapterColumns.Point)}) values ({string.Join(", ", AdapterColumns.Point.Select(c => "$" + c))})
        on conflict (tenant, base_model, adapter_version, metric_name, timestamp) do update set
            metric_value = excluded.metric_value, sample_count = excluded.sample_count, metadata = excluded.metadata
        """;

    private static readonly string List = $"""
        select {AdapterColumns.AdapterList} from lora_adapters
        where tenant = $tenant and ($base_model is null or base_model = $base_model) and ($state is null or state = $state)
        order by created_at desc, base_model, rowid desc limit $limit
        """;

    private const string ListBases = $"""
        select distinct tenant, base_model from lora_adapters where state not in {AdapterColumns.Ends} order by tenant, base_model
        """;

    private const string FindBases = "select base_model from lora_adapters where tenant = $tenant and version = $version order by base_model";

    private const string Transitions = $"""
        select {AdapterColumns.TransitionSelect} from lora_transitions
        where tenant = $tenant and base_model = $base_model and version = $version order by sequence
        """;

    private const string Performance = $"""
        select {AdapterColumns.PointSelect} from lora_performance
        where tenant = $tenant and base_model = $base_model and adapter_version = $version and timestamp >= $from and ($metric is null or metric_name = $metric)
        order by timestamp desc, metric_name limit $limit
        """;

    private const string Latest = $"""
        select {AdapterColumns.PointSelect} from lora_performance p
        where tenant = $tenant and base_model = $base_model and adapter_version = $version
          and timestamp = (select max(timestamp) from lora_performance q
              where q.tenant = p.tenant and q.base_model = p.base_model and q.adapter_version = p.adapter_version and q.metric_name = p.metric_name)
        order by metric_name
        """;

    /// <summary>Writes what follows from a change, within a transaction of the caller.</summary>
    public static void Write(SqliteSession session, AdapterEffects effects)
    {
        AdapterColumns.Check(effects);
        foreach (var version in effects.Versions)
            Write(session, version);

        foreach (var transition in effects.Transitions)
        {
            session.Statement(InsertTransition)
                .Bind("$tenant", effects.Tenant)
                .Bind("$base_model", effects.BaseModel)
                .Bind("$sequence", transition.Sequence)
                .Bind("$version", transition.Version)
                .Bind("$timestamp", transition.At)
                .Bind("$command", AdapterColumns.Word(transition.Command))
                .Bind("$from_state", AdapterColumns.Word(transition.From))
                .Bind("$from_role", AdapterColumns.Word(transition.FromRole))
                .Bind("$to_state", AdapterColumns.Word<AdapterState>(transition.To))
                .Bind("$to_role", AdapterColumns.Word(transition.ToRole))
                .Bind("$changed_by", transition.By)
                .Bind("$reason", transition.Reason)
                .Execute();
        }

        Write(session, effects.Tenant, effects.BaseModel, effects.Points);
    }

    public Task<IReadOnlyList<AdapterDescription>> ListAsync(string tenant, AdapterQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Read(
                session.Statement(List)
                    .Bind("$tenant", tenant)
                    .Bind("$base_model", query.BaseModel)
                    .Bind("$state", AdapterColumns.Word(query.State))
                    .Bind("$limit", query.Limit),
                ReadAdapter),
            cancellationToken);

    public Task<IReadOnlyList<(string Tenant, string BaseModel)>> ListBasesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(session.Statement(ListBases), row => (row.GetString(0), row.GetString(1))), cancellationToken);

    public Task<IReadOnlyList<string>> FindBasesAsync(string tenant, string version, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Read(session.Statement(FindBases).Bind("$tenant", tenant).Bind("$version", version), row => row.GetString(0)), cancellationToken);

    public Task<IReadOnlyList<AdapterTransition>> ReadTransitionsAsync(string tenant, string baseModel, string version, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(Of(session.Statement(Transitions), tenant, baseModel, version), ReadTransition), cancellationToken);

    public Task RecordAsync(string tenant, string baseModel, IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken)
    {
        AdapterColumns.Check(new AdapterEffects(tenant, baseModel, [], [], points));
        return database.TransactAsync(session => Write(session, tenant, baseModel, points), cancellationToken);
    }

    public Task<IReadOnlyList<AdapterPerformancePoint>> ReadPerformanceAsync(
        string tenant, string baseModel, string version, DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Read(
                Of(session.Statement(Performance), tenant, baseModel, version).Bind("$from", from).Bind("$metric", metric).Bind("$limit", limit), ReadPoint),
            cancellationToken);

    public Task<IReadOnlyList<AdapterPerformancePoint>> ReadLatestAsync(string tenant, string baseModel, string version, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(Of(session.Statement(Latest), tenant, baseModel, version), ReadPoint), cancellationToken);

    private static SqliteStatement Of(SqliteStatement statement, string tenant, string baseModel, string version) =>
        statement.Bind("$tenant", tenant).Bind("$base_model", baseModel).Bind("$version", version);

    private static int Write(SqliteSession session, string tenant, string baseModel, IReadOnlyList<AdapterPerformancePoint> points)
    {
        foreach (var point in points)
        {
            session.Statement(UpsertPoint)
                .Bind("$tenant", tenant)
                .Bind("$base_model", baseModel)
                .Bind("$adapter_version", point.Version)
                .Bind("$metric_name", point.MetricName)
                .Bind("$metric_value", point.MetricValue)
                .Bind("$sample_count", point.SampleCount)
                .Bind("$timestamp", point.Timestamp)
                .Bind("$metadata", StorageJson.Write(point.Metadata))
                .Execute();
        }

        return points.Count;
    }

    private static void Write(SqliteSession session, AdapterDescription version)
    {
        var training = version.Training;
        session.Statement(Upsert)
            .Bind("$tenant", version.Tenant)
            .Bind("$base_model", version.BaseModel)
            .Bind("$version", version.Version)
            .Bind("$model", version.Model)
            .Bind("$lora_name", version.LoraName)
            .Bind("$deployer", version.Deployer)
            .Bind("$training_job_id", training.TrainingJobId)
            .Bind("$rank", (long?)training.Rank)
            .Bind("$alpha", training.Alpha)
            .Bind("$dropout", training.Dropout)
            .Bind("$num_epochs", training.NumEpochs)
            .Bind("$learning_rate", training.LearningRate)
            .Bind("$batch_size", (long?)training.BatchSize)
            .Bind("$training_loss", training.TrainingLoss)
            .Bind("$validation_loss", training.ValidationLoss)
            .Bind("$training_time_seconds", training.TrainingTimeSeconds)
            .Bind("$artifact_uri", version.ArtifactUri)
            .Bind("$metadata", StorageJson.Write(version.Metadata))
            .Bind("$state", AdapterColumns.Word<AdapterState>(version.State))
            .Bind("$role", AdapterColumns.Word(version.Role))
            .Bind("$is_active", version.IsActive)
            .Bind("$created_at", version.CreatedAt)
            .Bind("$deployed_at", version.DeployedAt)
            .Bind("$updated_at", version.UpdatedAt)
            .Bind("$sequence", version.Sequence)
            .Bind("$message", version.Message)
            .Bind("$replaced", version.Replaced)
            .Bind("$deployment_id", version.DeploymentId)
            .Bind("$share", version.Share)
            .Bind("$canary", StorageJson.Write(version.Canary))
            .Execute();
    }

    private static IReadOnlyList<T> Read<T>(SqliteStatement statement, Func<SqliteDataReader, T> read)
    {
        using var row = statement.Query();
        var rows = new List<T>();
        while (row.Read())
            rows.Add(read(row));

        return rows;
    }

    private static AdapterDescription ReadAdapter(SqliteDataReader row) => new()
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
            Rank = (int?)row.Real(7),
            Alpha = row.Real(8),
            Dropout = row.Real(9),
            NumEpochs = row.Real(10),
            LearningRate = row.Real(11),
            BatchSize = (int?)row.Real(12),
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

    private static AdapterTransition ReadTransition(SqliteDataReader row) => new()
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

    private static AdapterPerformancePoint ReadPoint(SqliteDataReader row) => new()
    {
        Version = row.GetString(0),
        MetricName = row.GetString(1),
        MetricValue = row.GetDouble(2),
        SampleCount = row.GetInt64(3),
        Timestamp = row.Time(4),
        Metadata = StorageJson.ReadHeaders(row.Text(5)),
    };
}
