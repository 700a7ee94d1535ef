using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Telemetry.Exposition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>What Prometheus scrapes.</summary>
internal static class MetricsApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var route = routes.MapGet("/metrics", ScrapeAsync).Produces<string>(StatusCodes.Status200OK, "text/plain").Document("getMetrics", "Operations", new()
        {
            Summary = "Scrape the metrics of this node",
            Description = "Prometheus text, or OpenMetrics when the Accept header prefers application/openmetrics-text. Open unless Drift:Metrics:RequireKey is true.",
            Response = Examples.Exposition,
        });
        if (routes.ServiceProvider.GetRequiredService<IOptions<MetricsEndpointOptions>>().Value.RequireKey)
            route.RequireScope(ApiScopes.Read);
    }

    private static async Task ScrapeAsync(HttpContext http, MetricRegistry registry, CancellationToken cancellationToken)
    {
        var format = ExpositionFormat.Negotiate(http.Request.Headers.Accept.ToString());
        http.Response.ContentType = format.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        registry.Write(http.Response.BodyWriter, format);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }
}
