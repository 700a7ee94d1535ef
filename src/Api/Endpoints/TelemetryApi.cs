using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>How models are served, told by what serves them.</summary>
internal static class TelemetryApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/telemetry", IngestAsync).RequireScope(ApiScopes.Ingest).Document("ingestTelemetry", "Ingest", new()
        {
            Summary = "Send how models are served",
            Description = "Tokens, cache answers, requests and errors, latencies, queue depth, batch size and memory, by model and adapter: what happened "
                + "since the sample before. Counted in the metrics of the node that takes it, and not stored. A 'batch_id' counts once on that node within an hour.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.Telemetry },
            RequestType = typeof(TelemetryBatch),
            Response = Examples.TelemetryReceipt,
            Problems = [400, 413, 415],
        });

    private static async Task<Ok<TelemetryReceipt>> IngestAsync(HttpContext http, TelemetryIngest telemetry, CancellationToken cancellationToken)
    {
        var batch = await JsonBody.ReadAsync<TelemetryBatch>(http, ErrorKind.InvalidRequest, cancellationToken);
        return TypedResults.Ok(telemetry.Take(http.GetCaller().Tenant, batch));
    }
}
