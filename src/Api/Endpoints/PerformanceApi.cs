using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>What labels say.</summary>
internal static class PerformanceApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/performance", GetAsync).RequireScope(ApiScopes.Read).Document("getPerformance", "Performance", new()
        {
            Summary = "Read performance on the reference and in a window",
            Description = "From labels, by the model's task. ?window= is one of 1h, 24h, 7d, 30d; without it the model's first window.",
            Response = Examples.Performance,
            Problems = [400, 404],
        });

    private static async Task<Ok<PerformanceComparison>> GetAsync(
        string model, string? window, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Model(Requests.ModelOf(http, model)).GetPerformanceAsync(Requests.WindowOf(window), cancellationToken));
}
