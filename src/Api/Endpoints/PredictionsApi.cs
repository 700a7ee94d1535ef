using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Ingest.Streaming;
using Drift.Api.Limits;
using Drift.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Endpoints;

/// <summary>Sending predictions.</summary>
internal static class PredictionsApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        // Taken once: asking each request's services for them would make a scope per request.
        var services = routes.ServiceProvider;
        var ingest = services.GetRequiredService<PredictionIngest>();
        var stream = services.GetRequiredService<PredictionStream>();
        var guard = services.GetRequiredService<TenantGuard>();
        var engine = services.GetRequiredService<IDriftEngine>();
        routes.MapPost(
            "/v1/models/{model}/predictions",
            (string model, bool? verdict, HttpContext http, CancellationToken cancellationToken) =>
                IngestAsync(model, verdict, http, ingest, stream, guard, engine, cancellationToken)).RequireScope(ApiScopes.Ingest).Document("ingestPredictions", "Ingest", new()
        {
            Summary = "Send predictions",
            Description = "JSON with 'rows' or with 'columns', one JSON row per line, or CSV; gzip or br if you like. Answers when the rows are durable. "
                + "With a batch id (batch_id or the header Idempotency-Key) it is safe to send a batch again: it counts once. Rows whose time is more than "
                + "a few minutes ahead or older than 62 days are left out and listed in 'errors'; under strict validation they refuse the batch. CSV columns "
                + "with other names than id, ts, prediction, score, label are named by ?csv_id=, ?csv_ts=, ?csv_prediction=, ?csv_score=, ?csv_label= "
                + "and left out by ?csv_ignore=a,b. "
                + "With ?stream=true (or Accept: application/x-ndjson) NDJSON and CSV may have any length: they are made durable chunk by chunk, and the answer is "
                + "a line of JSON per chunk and a last one with the total. "
                + "With ?verdict=true the answer has the verdict of the model's first window, for keys with the scope 'read'.",
            Requests = new Dictionary<string, string>
            {
                ["application/json"] = Examples.PredictionsJson,
                ["application/x-ndjson"] = Examples.PredictionsNdjson,
                ["text/csv"] = Examples.PredictionsCsv,
            },
            Response = Examples.Receipt,
            Problems = [400, 409, 413, 415, 422, 429, 503],
        });
    }

    private static async Task<Results<ReceiptResult, EmptyHttpResult>> IngestAsync(
        string model,
        bool? verdict,
        HttpContext http,
        PredictionIngest ingest,
        PredictionStream stream,
        TenantGuard guard,
        IDriftEngine engine,
        CancellationToken cancellationToken)
    {
        // Not as a filter of the route: the framework's way around one costs more than all that this does.
        using var admission = guard.Admit(http);
        var id = Requests.ModelOf(http, model);
        if (verdict == true && !http.GetCaller().May(ApiScopes.Read))
            throw new ApiException(ErrorKind.Forbidden, AccessMiddleware.Missing(ApiScopes.Read));
        await guard.RequireModelAsync(id, cancellationToken);
        if (StreamRequest.IsOne(http.Request))
        {
            await stream.RunAsync(id, http, verdict == true);
            return TypedResults.Empty;
        }

        var receipt = await ingest.IngestAsync(id, http, cancellationToken);
        admission.Rows(receipt.Accepted + receipt.Rejected);
        return new ReceiptResult(verdict == true
            ? receipt with { Verdict = await engine.Model(id).GetVerdictAsync(cancellationToken: cancellationToken) }
            : receipt);
    }
}
