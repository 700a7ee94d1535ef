using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Drift.Core.Quality;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Data quality.</summary>
internal static class QualityApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/quality", GetAsync).RequireScope(ApiScopes.Read).Document("getQuality", "Quality", new()
        {
            Summary = "Read data quality by column",
            Description = "?window= is one of 1h, 24h, 7d, 30d; without it the model's first window.",
            Response = Examples.Quality,
            Problems = [400, 404],
        });

    private static async Task<Ok<QualityReport>> GetAsync(
        string model, string? window, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Model(Requests.ModelOf(http, model)).GetQualityAsync(Requests.WindowOf(window), cancellationToken));
}
