using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Drift.Core.Detection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Verdicts of one model.</summary>
internal static class DriftApi
{
    private const string Tag = "Drift";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/drift", GetAsync).RequireScope(ApiScopes.Read).Document("getDrift", Tag, new()
        {
            Summary = "Read the latest verdict",
            Description = "?window= is one of 1h, 24h, 7d, 30d; without it the model's first window.",
            Response = Examples.Verdict,
            Problems = [400, 404],
        });
        routes.MapPost("/v1/models/{model}/drift/check", CheckAsync).RequireScope(ApiScopes.Read).Document("checkDrift", Tag, new()
        {
            Summary = "Evaluate now",
            Response = Examples.Verdict,
            Problems = [400, 404],
        });
        routes.MapGet("/v1/models/{model}/drift/history", HistoryAsync).RequireScope(ApiScopes.Read).Document("getDriftHistory", Tag, new()
        {
            Summary = "Read verdicts over time",
            Description = "Newest first. ?days= goes back 1 to 365 days (7), ?feature= gives one column's figures, ?window= one window only, "
                + "?limit= 1 to 10000 entries (1000).",
            Response = Examples.History,
            Problems = [400, 404],
        });
    }

    private static Task<Ok<Verdict>> GetAsync(string model, string? window, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        EvaluateAsync(model, window, now: false, http, engine, cancellationToken);

    private static Task<Ok<Verdict>> CheckAsync(string model, string? window, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        EvaluateAsync(model, window, now: true, http, engine, cancellationToken);

    private static async Task<Ok<Verdict>> EvaluateAsync(
        string model, string? window, bool now, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Model(Requests.ModelOf(http, model)).GetVerdictAsync(Requests.WindowOf(window), now, cancellationToken));

    private static async Task<Ok<HistoryPage>> HistoryAsync(
        string model,
        int? days,
        string? feature,
        string? window,
        int? limit,
        HttpContext http,
        IDriftEngine engine,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        var length = Requests.InRange("days", days, absent: 7, least: 1, most: 365);
        var from = time.GetUtcNow().AddDays(-length);
        var query = new HistoryQuery(
            from,
            Requests.WindowOf(window),
            string.IsNullOrEmpty(feature) ? null : feature,
            Requests.InRange("limit", limit, absent: 1000, least: 1, most: 10_000));
        return TypedResults.Ok(new HistoryPage(id.ToString(), length, from, await engine.Model(id).GetHistoryAsync(query, cancellationToken)));
    }
}
