using System.Diagnostics;
using Drift.Api.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Errors;

/// <summary>Answers requests with problems.</summary>
internal static class Problems
{
    /// <summary>Writes a problem as the answer; the answer must not have started.</summary>
    public static Task WriteAsync(
        HttpContext http, ErrorKind kind, string detail, IReadOnlyDictionary<string, string[]>? fields = null, long? row = null)
    {
        var response = http.Response;
        response.StatusCode = kind.Status;
        response.Headers.CacheControl = "no-store";
        if (kind.Status is 429 or 503)
            response.Headers.RetryAfter = "1";
        if (kind == ErrorKind.Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer realm=\"drift\"";
        if (kind == ErrorKind.UnsupportedEncoding)
            response.Headers.AcceptEncoding = "gzip, br";
        var problem = new Problem
        {
            Type = kind.Type,
            Title = kind.Title,
            Status = kind.Status,
            Detail = detail,
            Errors = fields,
            Row = row,
            TraceId = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier,
        };
        return response.WriteAsJsonAsync(problem, DriftJson.Output.Problem, Problem.ContentType, http.RequestAborted);
    }

    /// <summary>Gives a body to the bare statuses of the framework: no route, wrong method.</summary>
    public static Task WriteBareStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var status = http.Response.StatusCode;
        var kind = ErrorKind.ForStatus(status);
        var detail = status switch
        {
            404 => $"No route takes {http.Request.Method} {http.Request.Path}; /openapi/v1.json lists them all.",
            405 => $"{http.Request.Path} does not take {http.Request.Method}, it takes {http.Response.Headers.Allow}.",
            _ => kind.Title,
        };
        // A status without a kind of its own keeps itself.
        return WriteAsync(http, kind.Status == status ? kind : kind with { Status = status }, detail);
    }
}
