using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Verdicts by segment.</summary>
internal static class SegmentsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/segments", GetAsync).RequireScope(ApiScopes.Read).Document("getSegments", "Drift", new()
        {
            Summary = "Read a verdict per segment, worst first",
            Description = "?window= is one of 1h, 24h, 7d, 30d; without it the model's first window.",
            Response = Examples.Segments,
            Problems = [400, 404],
        });

    private static async Task<Ok<SegmentPage>> GetAsync(
        string model, string? window, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        return TypedResults.Ok(new SegmentPage(id.ToString(), await engine.Model(id).GetSegmentsAsync(Requests.WindowOf(window), cancellationToken)));
    }
}
