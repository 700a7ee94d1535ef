using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.Limits;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Drift.Core.Settings;
using Drift.Telemetry.Exposition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Settings and lists of models.</summary>
internal static class ModelsApi
{
    private const string Tag = "Models";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", ListAsync).RequireScope(ApiScopes.Read).Document("listModels", Tag, new()
        {
            Summary = "List the models",
            Description = "All models of the caller's tenant by name, each with its latest verdict in short.",
            Response = Examples.Models,
        });
        routes.MapPut("/v1/models/{model}", ConfigureAsync).RequireScope(ApiScopes.Admin).Document("configureModel", Tag, new()
        {
            Summary = "Create a model or replace its settings",
            Description = "Every setting has a default; '{}' is enough. A setting that is left out goes back to its default.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.Settings },
            RequestType = typeof(ModelSettings),
            Response = Examples.Model,
            Problems = [400, 409, 413, 415, 429],
        });
        routes.MapGet("/v1/models/{model}", DescribeAsync).RequireScope(ApiScopes.Read).Document("getModel", Tag, new()
        {
            Summary = "Read a model's settings and state",
            Response = Examples.Model,
            Problems = [400, 404],
        });
        routes.MapDelete("/v1/models/{model}", DeleteAsync).RequireScope(ApiScopes.Admin).Document("deleteModel", Tag, new()
        {
            Summary = "Delete a model",
            Description = "Deletes the model and everything stored of it: settings, reference, profiles, predictions, labels, history.",
            Problems = [400, 404],
        });
    }

    private static async Task<Ok<ModelList>> ListAsync(HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        return TypedResults.Ok(new ModelList(tenant, await engine.Catalog(tenant).ListAsync(cancellationToken)));
    }

    private static async Task<Ok<ModelDescription>> ConfigureAsync(
        string model, HttpContext http, IDriftEngine engine, PlanCache plans, TenantGuard guard, [FromServices] ITriggerRouter trainers, CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        var settings = await JsonBody.ReadAsync<ModelSettings>(http, ErrorKind.InvalidSettings, cancellationToken);
        if (Nulls(settings) is { Count: > 0 } nulls)
            throw Invalid(nulls);
        if (settings.Validate() is { Count: > 0 } faults)
            throw Invalid(faults);
        if (settings.Triggers.Destinations.Except(trainers.Destinations, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            var known = trainers.Destinations.Count == 0 ? "none is configured" : $"those configured are {string.Join(", ", trainers.Destinations)}";
            throw Invalid([new("triggers.destinations", $"names '{Requests.Shorten(unknown)}', which Drift:Triggers:Destinations does not have: {known}")]);
        }

        guard.RequireColumns(id, settings.Features?.Count ?? 0);
        await guard.RequireModelAsync(id, cancellationToken);
        var description = await engine.Model(id).ConfigureAsync(settings, cancellationToken);
        plans.Invalidate(id);
        return TypedResults.Ok(description);
    }

    private static async Task<Ok<ModelDescription>> DescribeAsync(string model, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Model(Requests.ModelOf(http, model)).DescribeAsync(cancellationToken));

    private static async Task<NoContent> DeleteAsync(
        string model, HttpContext http, IDriftEngine engine, PlanCache plans, MetricRegistry metrics, CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        await engine.Model(id).DeleteAsync(cancellationToken);
        plans.Invalidate(id);
        // Its series would otherwise stay for as long as this process lives.
        metrics.Forget([new("tenant", id.Tenant), new("model", id.Name)]);
        return TypedResults.NoContent();
    }

    // Elements of lists and dictionaries may be null in JSON whatever their type says.
    private static List<SettingsFault> Nulls(ModelSettings settings)
    {
        var faults = new List<SettingsFault>();
        foreach (var (name, feature) in settings.Features ?? new Dictionary<string, FeatureSettings>())
        {
            if (feature is null)
                faults.Add(new SettingsFault($"features.{name}", "is null, must be an object such as {\"type\": \"numeric\"}"));
        }

        foreach (var (name, levels) in settings.Thresholds ?? new Dictionary<string, IReadOnlyList<double>>())
        {
            if (levels is null)
                faults.Add(new SettingsFault($"thresholds.{name}", "is null, must be three ascending numbers above 0: warning, moderate, critical"));
        }

        if (settings.Windows.Any(w => w is null))
            faults.Add(new SettingsFault("windows", "has a null, must name 1 to 4 different windows"));
        return faults;
    }

    private static ApiException Invalid(IReadOnlyList<SettingsFault> faults) =>
        new(ErrorKind.InvalidSettings, string.Join(" ", faults.Take(5).Select(f => $"'{f.Field}' {f.Message}.")))
        {
            Fields = faults.GroupBy(f => f.Field).ToDictionary(g => g.Key, g => g.Select(f => f.Message).ToArray()),
        };
}
