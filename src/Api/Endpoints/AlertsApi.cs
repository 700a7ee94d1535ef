using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Alerts: lists, and who looks after them.</summary>
internal static class AlertsApi
{
    private const string Tag = "Alerts";
    private const int MaxNote = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/alerts", ListAsync).RequireScope(ApiScopes.Read).Document("listAlerts", Tag, new()
        {
            Summary = "List alerts",
            Description = "The latest opened first. ?state= is open, acknowledged or resolved, ?model= the name of one model, ?limit= 1 to 1000 (100).",
            Response = Examples.Alerts,
            Problems = [400],
        });
        routes.MapGet("/v1/alerts/{id}", FindAsync).RequireScope(ApiScopes.Read).Document("getAlert", Tag, new()
        {
            Summary = "Read an alert",
            Response = Examples.Alert,
            Problems = [404],
        });
        routes.MapPost("/v1/alerts/{id}/acknowledge", AcknowledgeAsync).RequireScope(ApiScopes.Admin).Document("acknowledgeAlert", Tag, new()
        {
            Summary = "Say that you look after an alert",
            Description = "It is open again when it gets worse than it was then. Acknowledging once more replaces who and what.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.Acknowledge },
            RequestType = typeof(AcknowledgeRequest),
            Response = Examples.Alert,
            Problems = [400, 404, 409, 415],
        });
    }

    private static async Task<Ok<AlertPage>> ListAsync(
        string? state, string? model, int? limit, HttpContext http, [FromServices] IAlertStore alerts, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var query = new AlertQuery(
            Requests.OneOf<AlertState>("state", state),
            string.IsNullOrEmpty(model) ? null : Requests.ModelOf(http, model).Name,
            Requests.InRange("limit", limit, absent: 100, least: 1, most: 1000));
        var found = await alerts.ListAsync(tenant, query, cancellationToken);
        return TypedResults.Ok(new AlertPage(tenant, found.Count, found));
    }

    private static async Task<Ok<Alert>> FindAsync(string id, HttpContext http, [FromServices] IAlertStore alerts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await alerts.FindAsync(http.GetCaller().Tenant, id, cancellationToken) ?? throw NotFound(id));

    private static async Task<Ok<Alert>> AcknowledgeAsync(
        string id, HttpContext http, [FromServices] IAlertStore alerts, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<AcknowledgeRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        Requests.RequireText("by", request.By, Requests.MaxWho);
        if (request.Note is not null)
            Requests.RequireText("note", request.Note, MaxNote);
        var tenant = http.GetCaller().Tenant;
        if (await alerts.AcknowledgeAsync(tenant, id, request.By, request.Note, time.GetUtcNow(), cancellationToken) is { } acknowledged)
            return TypedResults.Ok(acknowledged);
        throw await alerts.FindAsync(tenant, id, cancellationToken) is null
            ? NotFound(id)
            : new DriftException(DriftError.Conflict, $"Alert {id} is resolved: there is nothing left to look after.");
    }

    private static DriftException NotFound(string id) => new(DriftError.NotFound, $"There is no alert '{Requests.Shorten(id)}'. GET /v1/alerts lists them; resolved ones are kept for Drift:Retention:Alerts.");
}
