using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Api.Wire;
using Drift.Core.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>Training runs: what trainers report, and what they reported.</summary>
internal static class TrainingApi
{
    private const string Tag = "Training";
    private const int MaxText = 1000;
    private const int MaxName = 200;
    private const int MaxParameters = 100;
    private const int MaxPoints = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/training/runs", ListAsync).RequireScope(ApiScopes.Read).Document("listTrainingRuns", Tag, new()
        {
            Summary = "List training runs",
            Description = "The latest begun first. ?model= is the name of one model, ?status= one of running, succeeded, failed, cancelled, ?trigger= the id of a trigger, "
                + "?limit= 1 to 1000 (100), ?before= the 'next' of the page before.",
            Response = Examples.TrainingRuns,
            Problems = [400],
        });
        routes.MapPost("/v1/training/runs", StartAsync).RequireScope(ApiScopes.Ingest).Document("startTrainingRun", Tag, new()
        {
            Summary = "Begin a training run",
            Description = "For a model that is monitored, and for a trigger of it when 'trigger_id' names one: that is then running. Without 'id' one is made. The same again "
                + "changes nothing; another run under the same id is refused.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TrainingStart },
            RequestType = typeof(TrainingStartRequest),
            Response = Examples.TrainingRun,
            Problems = [400, 404, 409, 413, 415],
        });
        routes.MapGet("/v1/training/runs/{id}", GetAsync).RequireScope(ApiScopes.Read).Document("getTrainingRun", Tag, new()
        {
            Summary = "Read a training run with its points",
            Description = "Points in order, ?limit= 1 to 10000 of them (1000), ?after= the 'next' of the answer before. A loss that was no number is absent, its point has 'diverged'.",
            Response = Examples.TrainingDetail,
            Problems = [400, 404],
        });
        routes.MapPost("/v1/training/runs/{id}/metrics", RecordAsync).RequireScope(ApiScopes.Ingest).Document("recordTrainingPoints", Tag, new()
        {
            Summary = "Send points of a training run",
            Description = "Up to 1000 points in order. A batch with an id, as 'batch_id' or Idempotency-Key, counts once. A loss may be \"NaN\", \"Infinity\" or \"-Infinity\": the run "
                + "diverges, which raises an alert, as does a loss far above its best, and no point for long.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TrainingPoints },
            RequestType = typeof(TrainingPointsRequest),
            Response = Examples.TrainingReceipt,
            Problems = [400, 404, 409, 413, 415],
        });
        routes.MapPost("/v1/training/runs/{id}/finish", FinishAsync).RequireScope(ApiScopes.Ingest).Document("finishTrainingRun", Tag, new()
        {
            Summary = "End a training run",
            Description = "As succeeded, failed or cancelled; its trigger ends with it. The same end again changes nothing.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TrainingFinish },
            RequestType = typeof(TrainingFinishRequest),
            Response = Examples.TrainingRun,
            Problems = [400, 404, 409, 413, 415],
        });
    }

    private static async Task<Ok<TrainingPage>> ListAsync(
        string? status, string? model, string? trigger, int? limit, string? before, HttpContext http, [FromServices] ITrainingStore training, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var query = new TrainingQuery(
            string.IsNullOrEmpty(model) ? null : Requests.ModelOf(http, model).Name,
            Requests.OneOf<TrainingStatus>("status", status),
            string.IsNullOrEmpty(trigger) ? null : Requests.Text("trigger", trigger, MaxName),
            string.IsNullOrEmpty(before) ? null : Requests.Text("before", before, MaxName),
            Requests.InRange("limit", limit, absent: 100, least: 1, most: 1000));
        var runs = await training.ListAsync(tenant, query, cancellationToken);
        return TypedResults.Ok(new TrainingPage(tenant, runs.Count, runs) { Next = runs.Count == query.Limit ? runs[^1].Id : null });
    }

    private static async Task<Ok<TrainingRun>> StartAsync(
        HttpContext http,
        IDriftEngine engine,
        [FromServices] ITriggerStore triggers,
        TimeProvider time,
        IOptions<IngestOptions> options,
        CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<TrainingStartRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        var model = Requests.ModelOf(http, request.Model);
        var id = request.Id is null ? Guid.CreateVersion7(time.GetUtcNow()).ToString("N") : RunOf(request.Id);
        var start = new TrainingStart
        {
            Model = model.Name,
            BaseModel = Requests.TextOrNull("base_model", request.BaseModel, MaxName),
            TriggerId = request.TriggerId,
            AdapterVersion = Requests.TextOrNull("adapter_version", request.AdapterVersion, MaxName),
            Parameters = ParametersOf(request.Parameters),
            StartedAt = TimeOf("started_at", request.StartedAt, time.GetUtcNow(), options.Value.MaxFutureSkew),
        };
        // A run for a name that nobody monitors is a typing error more often than not.
        await engine.Model(model).DescribeAsync(cancellationToken);
        if (request.TriggerId is { } trigger)
            await RequireTriggerAsync(trigger, model, triggers, cancellationToken);
        return TypedResults.Ok(await engine.Training(model.Tenant, id).StartAsync(start, cancellationToken));
    }

    private static async Task<Ok<TrainingDetail>> GetAsync(
        string id, long? after, int? limit, HttpContext http, [FromServices] ITrainingStore training, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var most = Requests.InRange("limit", limit, absent: 1000, least: 1, most: 10_000);
        var run = await training.FindAsync(tenant, RunOf(id), cancellationToken) ?? throw new DriftException(
            DriftError.NotFound, $"There is no training run '{id}'. GET /v1/training/runs lists them; those that ended are kept for Drift:Retention:Training.");
        var points = await training.ReadPointsAsync(tenant, run.Id, after ?? 0, most, cancellationToken);
        return TypedResults.Ok(new TrainingDetail(run, points) { Next = points.Count == most ? points[^1].Number : null });
    }

    private static async Task<Ok<TrainingReceiptView>> RecordAsync(
        string id, HttpContext http, IDriftEngine engine, TimeProvider time, IOptions<IngestOptions> options, CancellationToken cancellationToken)
    {
        var run = RunOf(id);
        var request = await JsonBody.ReadAsync<TrainingPointsRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        var batchId = BatchId.Of(http.Request, request.BatchId);
        if (request.Points.Count is < 1 or > MaxPoints)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "points", $"has {request.Points.Count} points, it must have 1 to {MaxPoints}");
        var now = time.GetUtcNow();
        var points = request.Points.Select((p, i) => PointOf(p, i, now, options.Value.MaxFutureSkew)).ToArray();
        var receipt = await engine.Training(http.GetCaller().Tenant, run).RecordAsync(new TrainingBatch(batchId ?? Guid.NewGuid().ToString("N"), points), cancellationToken);
        return TypedResults.Ok(new TrainingReceiptView(run, batchId, receipt.Accepted, receipt.Duplicate, receipt.Run.Points, receipt.Run.Fault));
    }

    private static async Task<Ok<TrainingRun>> FinishAsync(string id, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var run = RunOf(id);
        var request = await JsonBody.ReadAsync<TrainingFinishRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        if (Requests.OneOf<TrainingStatus>("status", request.Status) is not { } status || status == TrainingStatus.Running)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "status", $"is '{Requests.Shorten(request.Status)}', it must be one of succeeded, failed, cancelled");
        var end = new TrainingEnd(status, Requests.TextOrNull("summary", request.Summary, MaxText), Requests.TextOrNull("adapter_version", request.AdapterVersion, MaxName));
        return TypedResults.Ok(await engine.Training(http.GetCaller().Tenant, run).FinishAsync(end, cancellationToken));
    }

    private static async Task RequireTriggerAsync(string id, ModelId model, ITriggerStore triggers, CancellationToken cancellationToken)
    {
        if (await triggers.FindAsync(id, cancellationToken) is not { } trigger || trigger.Tenant != model.Tenant)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "trigger_id", $"is '{Requests.Shorten(id)}', there is no such trigger");
        if (trigger.Model != model.Name)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "trigger_id", $"is a trigger of model {trigger.Model}, but the run is for {model.Name}");
    }

    private static string RunOf(string id) => ModelId.IsName(id)
        ? id
        : throw ApiException.ForField(
            ErrorKind.InvalidRequest, "id", $"is '{Requests.Shorten(id)}', a run's id must be 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit");

    private static IReadOnlyDictionary<string, string> ParametersOf(IReadOnlyDictionary<string, string>? parameters)
    {
        parameters ??= new Dictionary<string, string>();
        if (parameters.Count > MaxParameters)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "parameters", $"has {parameters.Count} entries, at most {MaxParameters} are possible");
        foreach (var (name, value) in parameters)
        {
            Requests.RequireText("parameters", name, MaxName);
            Requests.RequireText($"parameters.{name}", value, MaxText);
        }

        return parameters;
    }

    private static DateTimeOffset TimeOf(string field, DateTimeOffset? time, DateTimeOffset now, TimeSpan skew) =>
        time is not { } at ? now
        : at <= now + skew && at.Year >= 2000 ? at
        : throw ApiException.ForField(ErrorKind.InvalidRequest, field, $"is {at:yyyy-MM-ddTHH:mm:ssZ}, it must be after 1999 and at most {skew} ahead of the server's clock");

    private static TrainingPoint PointOf(TrainingPointRequest point, int index, DateTimeOffset now, TimeSpan skew)
    {
        if (point is null)
            throw ApiException.ForField(ErrorKind.InvalidRequest, $"points[{index}]", "is null, it must be an object");
        string Field(string name) => $"points[{index}].{name}";
        double? NotNegative(string name, double? value) => value is null or >= 0
            ? value
            : throw ApiException.ForField(ErrorKind.InvalidRequest, Field(name), $"is {value.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}, it must be 0 or more");
        long? Count(string name, long? value) => value is null or >= 0 ? value : throw ApiException.ForField(ErrorKind.InvalidRequest, Field(name), $"is {value}, it must be 0 or more");
        static double? Finite(double? loss) => loss is { } number && double.IsFinite(number) ? number : null;

        return new TrainingPoint
        {
            Timestamp = TimeOf(Field("ts"), point.Ts, now, skew),
            Step = Count("step", point.Step),
            Epoch = NotNegative("epoch", point.Epoch),
            TrainingLoss = Finite(point.TrainingLoss),
            ValidationLoss = Finite(point.ValidationLoss),
            EwcLambda = NotNegative("ewc_lambda", point.EwcLambda),
            FisherMatrixSizeBytes = Count("fisher_matrix_size_bytes", point.FisherMatrixSizeBytes),
            ReplayBufferSize = Count("replay_buffer_size", point.ReplayBufferSize),
            ReplayBufferCapacity = Count("replay_buffer_capacity", point.ReplayBufferCapacity),
            LearningRate = NotNegative("learning_rate", point.LearningRate),
            Samples = Count("samples", point.Samples),
            Diverged = Finite(point.TrainingLoss) != point.TrainingLoss || Finite(point.ValidationLoss) != point.ValidationLoss,
        };
    }
}
