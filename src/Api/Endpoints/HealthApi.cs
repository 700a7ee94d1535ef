using Drift.Api.Health;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Drift.Api.Endpoints;

/// <summary>Probes.</summary>
internal static class HealthApi
{
    private const string Tag = "Operations";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/startup", (HttpContext http, HealthCheckService checks, CancellationToken cancellationToken) =>
            CheckAsync(HealthTags.Startup, http, checks, cancellationToken)).Document("probeStartup", Tag, new()
            {
                Summary = "Whether the host has started and reaches what it depends on",
                Response = Examples.Health,
            });
        routes.MapGet("/health/ready", (HttpContext http, HealthCheckService checks, CancellationToken cancellationToken) =>
            CheckAsync(HealthTags.Ready, http, checks, cancellationToken)).Document("probeReady", Tag, new()
            {
                Summary = "Whether requests should be sent here",
                Description = "503 when storage cannot be reached or the host is stopping.",
                Response = Examples.Health,
            });
        // Local only: a process must not be restarted because a database is away.
        routes.MapGet("/health/live", () => TypedResults.Ok(new HealthReply("healthy", new Dictionary<string, string>()))).Document("probeLive", Tag, new()
        {
            Summary = "Whether the process answers",
            Response = """{"status": "healthy", "checks": {}}""",
        });
    }

    private static async Task<Results<Ok<HealthReply>, JsonHttpResult<HealthReply>>> CheckAsync(
        string tag, HttpContext http, HealthCheckService checks, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(c => c.Tags.Contains(tag), cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        var reply = new HealthReply(Text(report.Status), report.Entries.ToDictionary(e => e.Key, e => Text(e.Value.Status)));
        return report.Status == HealthStatus.Unhealthy
            ? TypedResults.Json(reply, Json.DriftJson.Output.HealthReply, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok(reply);
    }

    private static string Text(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
