using System.Diagnostics;
using System.Globalization;
using Drift.Api.Auth;
using Drift.Api.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Drift.Api.Errors;

/// <summary>Answers requests with problems.</summary>
internal static class Problems
{
    /// <summary>Writes a problem as the answer; the answer must not have started.</summary>
    public static Task WriteAsync(HttpContext http, ErrorKind kind, string detail) => WriteAsync(http, new ProblemReport(kind, detail));

    /// <summary>Writes a problem as the answer; the answer must not have started.</summary>
    public static Task WriteAsync(HttpContext http, ProblemReport report)
    {
        var response = http.Response;
        var kind = report.Kind;
        response.StatusCode = kind.Status;
        response.Headers.CacheControl = "no-store";
        if (kind.Status is 429 or 503)
            response.Headers.RetryAfter = RetryAfterOf(report).ToString(CultureInfo.InvariantCulture);
        if (kind == ErrorKind.Unauthorized)
            response.Headers.WWWAuthenticate = Challenges(http);
        if (kind == ErrorKind.UnsupportedEncoding)
            response.Headers.AcceptEncoding = "gzip, br";
        return response.WriteAsJsonAsync(Of(http, report), DriftJson.Output.Problem, Problem.ContentType, http.RequestAborted);
    }

    // A browser asks its user only where it is told to.
    private static StringValues Challenges(HttpContext http)
    {
        const string bearer = "Bearer realm=\"drift\"";
        return http.GetEndpoint()?.Metadata.GetMetadata<BrowserAccess>() is null ? bearer : new StringValues([bearer, "Basic realm=\"drift\", charset=\"UTF-8\""]);
    }

    /// <summary>The problem as it goes over the wire, as an answer of its own or as part of one.</summary>
    public static Problem Of(HttpContext http, ProblemReport report) => new()
    {
        Type = report.Kind.Type,
        Title = report.Kind.Title,
        Status = report.Kind.Status,
        Detail = report.Detail,
        Errors = report.Fields,
        Row = report.Row,
        Limit = report.Limit,
        TraceId = TraceIdOf(http),
    };

    /// <summary>
    /// What finds a request: the trace that it belongs to, the caller's or one that somebody here listens to, else the server's own name for it.
    /// </summary>
    public static string TraceIdOf(HttpContext http) =>
        Activity.Current?.TraceId.ToString()
        ?? (ActivityContext.TryParse(http.Request.Headers.TraceParent, null, out var caller) ? caller.TraceId.ToString() : http.TraceIdentifier);

    /// <summary>Whole seconds until it is worth trying again, at least one.</summary>
    public static long RetryAfterOf(ProblemReport report) => Math.Max(1, (long)Math.Ceiling((report.RetryAfter ?? TimeSpan.Zero).TotalSeconds));

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
