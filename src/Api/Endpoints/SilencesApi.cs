using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Drift.Core.Detection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Silences: alerts that are recorded and told to nobody for a while.</summary>
internal static class SilencesApi
{
    private const string Tag = "Alerts";
    private const int MaxReason = 1000;
    private const int MaxFeature = 1000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/silences", ListAsync).RequireScope(ApiScopes.Read).Document("listSilences", Tag, new()
        {
            Summary = "List the silences that are not over",
            Response = Examples.Silences,
        });
        routes.MapPost("/v1/silences", AddAsync).RequireScope(ApiScopes.Admin).Document("addSilence", Tag, new()
        {
            Summary = "Silence alerts for a while",
            Description = "Alerts that match everything given are recorded, and told to nobody. With 'feature' only alerts about that column alone match, "
                + "or about columns that are each silenced. The end of an alert that was told is told all the same.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.SilenceRequest },
            RequestType = typeof(SilenceRequest),
            Response = Examples.Silence,
            Problems = [400, 415],
        });
        routes.MapDelete("/v1/silences/{id}", EndAsync).RequireScope(ApiScopes.Admin).Document("endSilence", Tag, new()
        {
            Summary = "End a silence now",
            Response = Examples.Silence,
            Problems = [404],
        });
    }

    private static async Task<Ok<SilencePage>> ListAsync(HttpContext http, [FromServices] IAlertStore alerts, TimeProvider time, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var silences = await alerts.ListSilencesAsync(tenant, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(new SilencePage(tenant, silences.Count, silences));
    }

    private static async Task<Ok<Silence>> AddAsync(HttpContext http, [FromServices] IAlertStore alerts, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<SilenceRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        var now = time.GetUtcNow();
        var faults = FaultsOf(request, now);
        if (faults.Count > 0)
        {
            throw new ApiException(ErrorKind.InvalidRequest, string.Join(" ", faults.Select(f => $"'{f.Key}' {f.Value}.")))
            {
                Fields = faults.ToDictionary(f => f.Key, f => new[] { f.Value }),
            };
        }

        var silence = new Silence
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Tenant = http.GetCaller().Tenant,
            Model = request.Model,
            Kind = request.Kind,
            Feature = request.Feature,
            MaxSeverity = request.MaxSeverity,
            StartsAt = request.StartsAt ?? now,
            EndsAt = request.EndsAt,
            CreatedBy = request.CreatedBy,
            Reason = request.Reason,
        };
        await alerts.AddSilenceAsync(silence, cancellationToken);
        return TypedResults.Ok(silence);
    }

    private static async Task<Ok<Silence>> EndAsync(string id, HttpContext http, [FromServices] IAlertStore alerts, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(await alerts.EndSilenceAsync(http.GetCaller().Tenant, id, time.GetUtcNow(), cancellationToken)
            ?? throw new DriftException(DriftError.NotFound, $"There is no silence '{Requests.Shorten(id)}' that is not over. GET /v1/silences lists them."));

    private static Dictionary<string, string> FaultsOf(SilenceRequest request, DateTimeOffset now)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        void Require(string field, string? fault)
        {
            if (fault is not null)
                faults.TryAdd(field, fault);
        }

        var starts = request.StartsAt ?? now;
        Require("model", request.Model is null || ModelId.IsName(request.Model) ? null : "is no name of a model; leave it out for all models");
        Require("kind", request.Kind is null || AlertKind.All.Contains(request.Kind) ? null : $"must be one of {string.Join(", ", AlertKind.All)}; leave it out for all");
        Require("feature", request.Feature is null ? null : Requests.TextFault(request.Feature, MaxFeature));
        Require("max_severity", request.MaxSeverity == Severity.None ? "must be one of warning, moderate, critical; leave it out for all" : null);
        Require("ends_at", request.EndsAt <= now ? $"is not in the future; it is {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} now" : null);
        Require("ends_at", request.EndsAt <= starts ? "is not after starts_at" : null);
        Require("ends_at", request.EndsAt - starts > Longest ? $"is more than {Longest.Days} days after starts_at: a silence that nobody remembers hides the next drift" : null);
        Require("created_by", Requests.TextFault(request.CreatedBy, Requests.MaxWho));
        Require("reason", Requests.TextFault(request.Reason, MaxReason));
        return faults;
    }
}
