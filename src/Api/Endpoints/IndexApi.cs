using System.Reflection;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Where to go from here.</summary>
internal static class IndexApi
{
    /// <summary>Behind every other endpoint: a console that takes <c>/</c> for itself needs no option here.</summary>
    private const int Last = 10_000;

    private static readonly ApiIndex Index = new(
        "Orleans.Drift",
        VersionOf(typeof(IndexApi).Assembly),
        new Dictionary<string, string>
        {
            ["openapi"] = "/openapi/v1.json",
            ["models"] = "/v1/models",
            ["summary"] = "/drift/summary",
            ["metrics"] = "/metrics",
            ["ready"] = "/health/ready",
        });

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", () => TypedResults.Ok(Index)).WithOrder(Last).Document("getIndex", "Operations", new()
        {
            Summary = "Name, version and links",
            Response = Examples.Index,
        });

    // The version of the build, without the commit behind the plus.
    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
