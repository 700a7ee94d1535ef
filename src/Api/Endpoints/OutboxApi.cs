using System.Text.Json;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Api.Auth;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Messages to the outside: what waits, what was given up, and once more.</summary>
internal static class OutboxApi
{
    private const string Tag = "Outbox";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/outbox", ListAsync).RequireScope(ApiScopes.Read).Document("listOutbox", Tag, new()
        {
            Summary = "List messages to webhooks and the like",
            Description = "The latest first, without their bodies. ?state= is pending, delivered or dead (given up), ?destination= a name, ?limit= 1 to 1000 (100).",
            Response = Examples.Outbox,
            Problems = [400],
        });
        routes.MapGet("/v1/outbox/{id}", FindAsync).RequireScope(ApiScopes.Read).Document("getOutboxMessage", Tag, new()
        {
            Summary = "Read a message with its body",
            Response = Examples.OutboxMessage,
            Problems = [404],
        });
        routes.MapPost("/v1/outbox/{id}/redeliver", RedeliverAsync).RequireScope(ApiScopes.Admin).Document("redeliver", Tag, new()
        {
            Summary = "Deliver a message once more",
            Description = "One that was given up or delivered is due at once, under the same id: a receiver that has it already ignores it.",
            Response = Examples.OutboxMessage,
            Problems = [404, 409],
        });
    }

    private static async Task<Ok<OutboxPage>> ListAsync(
        string? state, string? destination, int? limit, HttpContext http, [FromServices] IOutbox outbox, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        if (!string.IsNullOrEmpty(destination))
            Requests.RequireText("destination", destination, Requests.MaxWho);
        var query = new OutboxQuery(
            Requests.OneOf<OutboxState>("state", state),
            string.IsNullOrEmpty(destination) ? null : destination,
            Requests.InRange("limit", limit, absent: 100, least: 1, most: 1000));
        var entries = await outbox.ListAsync(tenant, query, cancellationToken);
        return TypedResults.Ok(new OutboxPage(tenant, entries.Count, [.. entries.Select(Shorten)]));
    }

    private static async Task<Ok<OutboxItem>> FindAsync(string id, HttpContext http, [FromServices] IOutbox outbox, CancellationToken cancellationToken) =>
        TypedResults.Ok(Whole(await outbox.FindAsync(http.GetCaller().Tenant, id, cancellationToken) ?? throw NotFound(id)));

    private static async Task<Ok<OutboxItem>> RedeliverAsync(
        string id, HttpContext http, [FromServices] IOutbox outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        if (await outbox.RedeliverAsync(tenant, id, time.GetUtcNow(), cancellationToken) is { } queued)
            return TypedResults.Ok(Whole(queued));
        throw await outbox.FindAsync(tenant, id, cancellationToken) is { } pending
            ? new DriftException(DriftError.Conflict, $"Message {id} waits already; its next attempt is due at {pending.NextAttemptAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}.")
            : NotFound(id);
    }

    private static OutboxItem Shorten(OutboxEntry entry) => new()
    {
        Id = entry.Id,
        Kind = entry.Kind,
        Destination = entry.Destination,
        Subject = entry.Subject,
        State = entry.State,
        Attempts = entry.Attempts,
        CreatedAt = entry.CreatedAt,
        NextAttemptAt = entry.State == OutboxState.Pending ? entry.NextAttemptAt : null,
        SettledAt = entry.SettledAt,
        LastError = entry.LastError,
    };

    private static OutboxItem Whole(OutboxEntry entry)
    {
        using var body = JsonDocument.Parse(entry.Payload);
        return Shorten(entry) with { Payload = body.RootElement.Clone() };
    }

    private static DriftException NotFound(string id) => new(DriftError.NotFound, $"There is no message '{Requests.Shorten(id)}'. GET /v1/outbox lists them; settled ones are kept for Drift:Retention:Outbox.");
}
