using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.Limits;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Api.Wire;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>The reference of a model.</summary>
internal static class ReferenceApi
{
    private const string Tag = "Reference";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/reference", GetAsync).RequireScope(ApiScopes.Read).Document("getReference", Tag, new()
        {
            Summary = "Read what the reference is",
            Response = Examples.Reference,
            Problems = [400, 404],
        });
        routes.MapPut("/v1/models/{model}/reference", UploadAsync).RequireScope(ApiScopes.Admin).RequireAdmission().Document("uploadReference", Tag, new()
        {
            Summary = "Upload rows as the reference",
            Description = "Takes the same formats as predictions. The rows fix a new plan, and windows start afresh.",
            Requests = new Dictionary<string, string>
            {
                ["application/json"] = Examples.PredictionsJson,
                ["application/x-ndjson"] = Examples.PredictionsNdjson,
                ["text/csv"] = Examples.PredictionsCsv,
            },
            Response = Examples.Reference,
            Problems = [400, 409, 413, 415, 422, 429],
        });
        routes.MapPost("/v1/models/{model}/reference/pin", PinAsync).RequireScope(ApiScopes.Admin).Document("pinReference", Tag, new()
        {
            Summary = "Make a period of the model's past the reference",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.Pin },
            RequestType = typeof(PinRequest),
            Response = Examples.Reference,
            Problems = [400, 404, 409, 413, 415],
        });
    }

    private static async Task<Ok<ReferenceDescription>> GetAsync(string model, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Model(Requests.ModelOf(http, model)).GetReferenceAsync(cancellationToken));

    private static async Task<Ok<ReferenceDescription>> UploadAsync(
        string model,
        HttpContext http,
        IDriftEngine engine,
        PlanCache plans,
        IngestScratchPool pool,
        TenantGuard guard,
        IOptions<IngestOptions> options,
        CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        await guard.RequireModelAsync(id, cancellationToken);
        var format = RowBody.FormatOf(http.Request);
        using var body = await BodyReader.ReadAsync(http, options.Value.MaxBodyBytes, cancellationToken);
        var scratch = pool.Rent();
        try
        {
            RowBody.Read(http.Request, format, body, scratch.Rows, options.Value.ToLimits(), "reference");
            guard.RequireColumns(id, scratch.Rows.Features.Count);
            if ((await plans.GetAsync(id, cancellationToken)).Validation == ValidationMode.Strict)
                SchemaCheck.RequireDeclared(scratch.Rows, (await engine.Model(id).DescribeAsync(cancellationToken)).Settings);
            var description = await engine.Model(id).SetReferenceAsync(RowBatchCodec.Encode(scratch.Rows), cancellationToken);
            plans.Invalidate(id);
            http.FindAdmission()?.Rows(scratch.Rows.Count);
            return TypedResults.Ok(description);
        }
        finally
        {
            pool.Return(scratch, body.Length);
        }
    }

    private static async Task<Ok<ReferenceDescription>> PinAsync(
        string model, HttpContext http, IDriftEngine engine, PlanCache plans, CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        var pin = await JsonBody.ReadAsync<PinRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        if (pin.From >= pin.To)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "from", "is not before 'to', the period must have a length");
        var description = await engine.Model(id).PinReferenceAsync(pin.From, pin.To, cancellationToken);
        plans.Invalidate(id);
        return TypedResults.Ok(description);
    }
}
