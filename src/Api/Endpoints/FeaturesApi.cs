using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>One column in detail.</summary>
internal static class FeaturesApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/features/{feature}", GetAsync).RequireScope(ApiScopes.Read).Document("getFeature", "Drift", new()
        {
            Summary = "Read a column's reference and current histograms",
            Description = "Shares are 0 to 1; the first and the last numeric bin are open. ?window= is one of 1h, 24h, 7d, 30d; without it the model's first window.",
            Response = Examples.Feature,
            Problems = [400, 404],
        });

    private static async Task<Ok<FeatureComparison>> GetAsync(
        string model, string feature, string? window, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Model(Requests.ModelOf(http, model)).GetFeatureAsync(feature, Requests.WindowOf(window), cancellationToken));
}
