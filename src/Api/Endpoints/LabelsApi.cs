using Drift.Api.Auth;
using Drift.Api.Ingest;
using Drift.Api.Limits;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Sending ground truth.</summary>
internal static class LabelsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/models/{model}/labels", IngestAsync).RequireScope(ApiScopes.Ingest).RequireAdmission().Document("ingestLabels", "Ingest", new()
        {
            Summary = "Send ground truth by prediction id",
            Description = "Labels join their predictions by id, whichever comes first. The first label of an id counts; another value is listed in "
                + "'conflicting' and changes nothing. Answers when the labels are durable.",
            Requests = new Dictionary<string, string>
            {
                ["application/json"] = Examples.LabelsJson,
                ["application/x-ndjson"] = Examples.LabelsNdjson,
                ["text/csv"] = Examples.LabelsCsv,
            },
            Response = Examples.LabelReceipt,
            Problems = [400, 404, 413, 415, 429, 503],
        });

    private static async Task<Ok<LabelReceipt>> IngestAsync(string model, HttpContext http, LabelIngest labels, CancellationToken cancellationToken)
    {
        var receipt = await labels.IngestAsync(Requests.ModelOf(http, model), http, cancellationToken);
        http.FindAdmission()?.Rows(receipt.Duplicate ? 0 : receipt.Received);
        return TypedResults.Ok(receipt);
    }
}
