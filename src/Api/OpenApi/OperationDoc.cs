using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Drift.Api.Errors;

namespace Drift.Api.OpenApi;

/// <summary>What the OpenAPI document says of a route beyond its types; hangs on the endpoint, beside its handler.</summary>
internal sealed record OperationDoc
{
    /// <summary>One line.</summary>
    public required string Summary { get; init; }

    /// <summary>What the summary leaves out.</summary>
    public string? Description { get; init; }

    /// <summary>Example bodies by content type, for routes that take one.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; init; } = new Dictionary<string, string>();

    /// <summary>The type of a JSON body, when it has a schema.</summary>
    public Type? RequestType { get; init; }

    /// <summary>Example of the answer.</summary>
    public string? Response { get; init; }

    /// <summary>Statuses of the problems that the route may answer with, beside 401, 403 and 500.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];
}

/// <summary>Puts docs on routes.</summary>
internal static class OperationDocExtensions
{
    /// <summary>Adds name, tag, summary, examples and problem answers to a route.</summary>
    public static RouteHandlerBuilder Document(this RouteHandlerBuilder route, string name, string tag, OperationDoc doc)
    {
        route.WithName(name).WithTags(tag).WithSummary(doc.Summary).WithMetadata(doc);
        if (doc.Description is not null)
            route.WithDescription(doc.Description);
        foreach (var status in doc.Problems.Concat([401, 403, 500, 503]).Distinct().Order())
            route.Produces<Problem>(status, Problem.ContentType);
        return route;
    }
}
