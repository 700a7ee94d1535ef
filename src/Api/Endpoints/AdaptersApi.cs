using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Drift.Core.Adapters;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>LoRA versions: registration, lifecycle, canaries, comparison. A base model's name may hold slashes and so is a query, never a part of the path.</summary>
internal static class AdaptersApi
{
    private const string Tag = "Adapters";
    private const int MaxCompared = 20;
    private const int MaxPoints = 1_000;

    private const string BaseDoc = "?base= names the base model; it can be left out when only one has a version of that name. ";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/adapters", RegisterAsync).RequireScope(ApiScopes.Admin).Document("registerAdapter", Tag, new()
        {
            Summary = "Register a LoRA version",
            Description = "The same registration again is answered with the version as it is; another one of the same version is refused.",
            Requests = new Dictionary<string, string> { ["application/json"] = AdapterExamples.Registration },
            RequestType = typeof(AdapterRequest),
            Response = AdapterExamples.Adapter,
            Problems = [400, 409, 413, 415],
        });
        routes.MapGet("/v1/adapters", ListAsync).RequireScope(ApiScopes.Read).Document("listAdapters", Tag, new()
        {
            Summary = "List LoRA versions",
            Description = "The latest registered first. ?base= is one base model, ?state= one state, ?limit= 1 to 1000 (100).",
            Response = AdapterExamples.Adapters,
            Problems = [400],
        });
        routes.MapGet("/v1/adapters/compare", CompareAsync).RequireScope(ApiScopes.Read).Document("compareAdapters", Tag, new()
        {
            Summary = "Compare LoRA versions",
            Description = "?base= is the base model, ?versions= up to 20 of its versions with commas between: how each was trained, how its canary ended, its latest figures, and how its rows of the last 24 hours were answered and served.",
            Response = AdapterExamples.Comparison,
            Problems = [400, 404],
        });
        routes.MapGet("/v1/adapters/policy", GetPolicyAsync).RequireScope(ApiScopes.Read).Document("getAdapterPolicy", Tag, new()
        {
            Summary = "Read how canaries of a base model are judged",
            Description = "?base= is the base model.",
            Response = AdapterExamples.Policy,
            Problems = [400],
        });
        routes.MapPut("/v1/adapters/policy", SetPolicyAsync).RequireScope(ApiScopes.Admin).Document("setAdapterPolicy", Tag, new()
        {
            Summary = "Set how canaries of a base model are judged",
            Description = "?base= is the base model. What is left out goes back to its default. A running canary is judged so from its next evaluation on.",
            Requests = new Dictionary<string, string> { ["application/json"] = AdapterExamples.Policy },
            RequestType = typeof(AdapterPolicyBody),
            Response = AdapterExamples.Policy,
            Problems = [400, 413, 415],
        });
        routes.MapPost("/v1/adapters/evaluate", EvaluateAsync).RequireScope(ApiScopes.Admin).Document("evaluateCanary", Tag, new()
        {
            Summary = "Look at the canary of a base model now",
            Description = "?base= is the base model. Promotes or rolls back as the policy says; the answer is the canary as it is then.",
            Response = AdapterExamples.Canary,
            Problems = [400],
        });
        routes.MapGet("/v1/adapters/{version}", GetAsync).RequireScope(ApiScopes.Read).Document("getAdapter", Tag, new()
        {
            Summary = "Read a LoRA version and its transitions",
            Description = BaseDoc,
            Response = AdapterExamples.Page,
            Problems = [400, 404],
        });
        routes.MapPost("/v1/adapters/{version}/transitions", ChangeAsync).RequireScope(ApiScopes.Admin).Document("changeAdapter", Tag, new()
        {
            Summary = "Move a LoRA version to another state",
            Description = BaseDoc + "'command' is train, trained, validate, ready, deploy_canary, deploy_champion, promote, rollback, retire or fail. What is not possible in "
                + "the version's state is refused, and what is possible named. With an Idempotency-Key the same request again changes nothing.",
            Requests = new Dictionary<string, string> { ["application/json"] = AdapterExamples.Transition },
            RequestType = typeof(TransitionRequest),
            Response = AdapterExamples.Adapter,
            Problems = [400, 404, 409, 413, 415],
        });
        routes.MapGet("/v1/adapters/{version}/performance", PerformanceAsync).RequireScope(ApiScopes.Read).Document("getAdapterPerformance", Tag, new()
        {
            Summary = "Read figures of a LoRA version over time",
            Description = BaseDoc + "The latest first. ?days= goes back 1 to 400 days (7), ?metric= is one metric, ?limit= 1 to 10000 figures (1000).",
            Response = AdapterExamples.Performance,
            Problems = [400, 404],
        });
        routes.MapPost("/v1/adapters/{version}/performance", RecordAsync).RequireScope(ApiScopes.Ingest).Document("recordAdapterPerformance", Tag, new()
        {
            Summary = "Keep figures of a LoRA version",
            Description = BaseDoc + "For what is measured elsewhere: an evaluation run, a judge. A figure of the same metric and time replaces the one before.",
            Requests = new Dictionary<string, string> { ["application/json"] = AdapterExamples.Points },
            RequestType = typeof(AdapterPerformanceRequest),
            Response = AdapterExamples.Receipt,
            Problems = [400, 404, 413, 415],
        });
    }

    private static async Task<Ok<AdapterDescription>> RegisterAsync(HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<AdapterRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        var registration = new AdapterRegistration
        {
            Version = request.Version,
            Model = request.Model,
            LoraName = request.LoraName,
            Deployer = request.Deployer,
            ArtifactUri = request.ArtifactUri,
            Training = request.Training,
            Metadata = request.Metadata,
            State = request.State,
        };
        var faults = AdapterCheck.FaultsOf(registration).ToDictionary();
        if (!BaseModel.IsName(request.BaseModel))
            faults["base_model"] = [$"is '{Requests.Shorten(request.BaseModel)}', must be {BaseModel.Rule}"];
        if (Requests.TextFault(request.By, Requests.MaxWho) is { } by)
            faults["by"] = [by];
        Refuse(faults);
        return TypedResults.Ok(await engine.Adapters(http.GetCaller().Tenant, request.BaseModel).RegisterAsync(registration, request.By, cancellationToken));
    }

    private static async Task<Ok<AdapterList>> ListAsync(
        string? @base, string? state, int? limit, HttpContext http, [FromServices] IAdapterStore adapters, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var query = new AdapterQuery(
            string.IsNullOrEmpty(@base) ? null : Named(@base),
            Requests.OneOf<AdapterState>("state", state),
            Requests.InRange("limit", limit, absent: 100, least: 1, most: 1000));
        var found = await adapters.ListAsync(tenant, query, cancellationToken);
        return TypedResults.Ok(new AdapterList(tenant, found.Count, found));
    }

    private static async Task<Ok<AdapterComparison>> CompareAsync(
        string? @base, string? versions, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var names = (versions ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length is 0 or > MaxCompared)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "versions", $"names {names.Length} versions, must name 1 to {MaxCompared} with commas between");
        return TypedResults.Ok(await engine.Adapters(http.GetCaller().Tenant, Named(@base)).CompareAsync(names, cancellationToken));
    }

    private static async Task<Ok<AdapterPolicyBody>> GetPolicyAsync(string? @base, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(AdapterPolicyBody.Of(await engine.Adapters(http.GetCaller().Tenant, Named(@base)).GetPolicyAsync(cancellationToken)));

    private static async Task<Ok<AdapterPolicyBody>> SetPolicyAsync(string? @base, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var name = Named(@base);
        var policy = (await JsonBody.ReadAsync<AdapterPolicyBody>(http, ErrorKind.InvalidRequest, cancellationToken)).ToPolicy();
        // As the body names it.
        Refuse(AdapterCheck.FaultsOf(policy).ToDictionary(f => f.Key == "max_duration" ? "max_duration_hours" : f.Key, f => f.Value));
        return TypedResults.Ok(AdapterPolicyBody.Of(await engine.Adapters(http.GetCaller().Tenant, name).SetPolicyAsync(policy, cancellationToken)));
    }

    private static async Task<Ok<CanaryPage>> EvaluateAsync(string? @base, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var name = Named(@base);
        return TypedResults.Ok(new CanaryPage(name, await engine.Adapters(http.GetCaller().Tenant, name).EvaluateAsync(cancellationToken)));
    }

    private static async Task<Ok<AdapterPage>> GetAsync(
        string version, string? @base, HttpContext http, IDriftEngine engine, [FromServices] IAdapterStore adapters, CancellationToken cancellationToken)
    {
        var adapter = await AdapterAsync(version, @base, http, engine, adapters, cancellationToken);
        return TypedResults.Ok(new AdapterPage(await adapter.DescribeAsync(cancellationToken), await adapter.GetTransitionsAsync(cancellationToken)));
    }

    private static async Task<Ok<AdapterDescription>> ChangeAsync(
        string version, string? @base, HttpContext http, IDriftEngine engine, [FromServices] IAdapterStore adapters, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<TransitionRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        var name = await BaseOfAsync(version, @base, http, adapters, cancellationToken);
        var change = new AdapterChange
        {
            Version = version,
            Command = request.Command,
            By = request.By,
            Reason = request.Reason,
            RequestId = BatchId.Of(http.Request),
            Training = request.Training,
            ArtifactUri = request.ArtifactUri,
            Share = request.Share,
        };
        Refuse(AdapterCheck.FaultsOf(change).ToDictionary());
        return TypedResults.Ok(await engine.Adapters(http.GetCaller().Tenant, name).ChangeAsync(change, cancellationToken));
    }

    private static async Task<Ok<AdapterPerformancePage>> PerformanceAsync(
        string version, string? @base, string? metric, int? days, int? limit, HttpContext http, IDriftEngine engine, [FromServices] IAdapterStore adapters, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var from = time.GetUtcNow().AddDays(-Requests.InRange("days", days, absent: 7, least: 1, most: 400));
        var most = Requests.InRange("limit", limit, absent: 1000, least: 1, most: 10_000);
        var name = await BaseOfAsync(version, @base, http, adapters, cancellationToken);
        var points = await engine.Adapter(http.GetCaller().Tenant, name, version)
            .GetPerformanceAsync(from, string.IsNullOrEmpty(metric) ? null : metric, most, cancellationToken);
        return TypedResults.Ok(new AdapterPerformancePage(name, version, from, points));
    }

    private static async Task<Ok<AdapterPerformanceReceipt>> RecordAsync(
        string version, string? @base, HttpContext http, IDriftEngine engine, [FromServices] IAdapterStore adapters, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<AdapterPerformanceRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        if (request.Points.Count is 0 or > MaxPoints || request.Points.Any(p => p is null))
            throw ApiException.ForField(ErrorKind.InvalidRequest, "points", $"must be 1 to {MaxPoints} figures");
        var now = time.GetUtcNow();
        AdapterPerformancePoint[] points = [.. request.Points.Select(p => p.Timestamp == default ? p with { Timestamp = now } : p)];
        Refuse(AdapterCheck.FaultsOf(points).ToDictionary());
        var adapter = await AdapterAsync(version, @base, http, engine, adapters, cancellationToken);
        await adapter.RecordAsync(points, cancellationToken);
        return TypedResults.Ok(new AdapterPerformanceReceipt(points.Length));
    }

    private static async Task<IAdapterActor> AdapterAsync(
        string version, string? baseModel, HttpContext http, IDriftEngine engine, IAdapterStore adapters, CancellationToken cancellationToken) =>
        engine.Adapter(http.GetCaller().Tenant, await BaseOfAsync(version, baseModel, http, adapters, cancellationToken), version);

    /// <summary>The base model of a version: the one that was said, when it has such a version, or the only one that has.</summary>
    private static async Task<string> BaseOfAsync(string version, string? baseModel, HttpContext http, IAdapterStore adapters, CancellationToken cancellationToken)
    {
        if (!ModelId.IsName(version))
        {
            throw ApiException.ForField(
                ErrorKind.InvalidRequest, "version", $"is '{Requests.Shorten(version)}', must be 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit");
        }

        var said = string.IsNullOrEmpty(baseModel) ? null : Named(baseModel);
        var bases = await adapters.FindBasesAsync(http.GetCaller().Tenant, version, cancellationToken);
        return (said, bases.Count) switch
        {
            (null, 1) => bases[0],
            (null, > 1) => throw ApiException.ForField(
                ErrorKind.InvalidRequest, "base", $"is left out, and version '{version}' exists of {string.Join(", ", bases.Take(5))}{(bases.Count > 5 ? " …" : "")}: say which"),
            (_, 0) => throw new DriftException(DriftError.NotFound, $"There is no version '{version}'. GET /v1/adapters lists them."),
            ({ } name, _) when bases.Contains(name) => name,
            _ => throw new DriftException(DriftError.NotFound, $"There is no version '{version}' of base model {said}; there is one of {string.Join(", ", bases.Take(5))}."),
        };
    }

    private static string Named(string? baseModel) => BaseModel.IsName(baseModel)
        ? baseModel!
        : throw ApiException.ForField(
            ErrorKind.InvalidRequest, "base", string.IsNullOrEmpty(baseModel) ? "is left out; name the base model" : $"is '{Requests.Shorten(baseModel)}', must be {BaseModel.Rule}");

    private static void Refuse(Dictionary<string, string[]> faults)
    {
        if (faults.Count > 0)
            throw new ApiException(ErrorKind.InvalidRequest, string.Join(" ", faults.Take(5).Select(f => $"'{f.Key}' {f.Value[0]}."))) { Fields = faults };
    }
}
