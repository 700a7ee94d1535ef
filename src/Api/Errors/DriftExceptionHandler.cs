using Drift.Actors;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Drift.Api.Errors;

/// <summary>Turns exceptions into problems: the only place that decides which status an exception means.</summary>
internal sealed partial class DriftExceptionHandler(ILogger<DriftExceptionHandler> logger) : IExceptionHandler
{
    /// <summary>Not a registered status; what other servers log for a caller that went away. No caller ever sees it.</summary>
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        var report = Report(exception, httpContext.Request);
        await Problems.WriteAsync(httpContext, report);
        return true;
    }

    /// <summary>What a caller is told of an exception; logs it where the operator must know.</summary>
    public ProblemReport Report(Exception exception, HttpRequest request)
    {
        switch (exception)
        {
            case ApiException e:
                return new ProblemReport(e.Kind, e.Message) { Fields = e.Fields, Row = e.Row, Limit = e.Limit, RetryAfter = e.RetryAfter };
            case DriftException e:
                if (e.Error == DriftError.Unavailable)
                    LogUnavailable(logger, e, request.Method, request.Path, Problems.TraceIdOf(request.HttpContext));
                return new ProblemReport(KindOf(e), e.Message) { Fields = e.Fields };
            case BadHttpRequestException e:
                return new ProblemReport(KindOf(e), DetailOf(e));
            case TimeoutException:
                LogTimeout(logger, exception, request.Method, request.Path, Problems.TraceIdOf(request.HttpContext));
                return new ProblemReport(
                    ErrorKind.Timeout, "It was not answered in time. Whether it was done is unknown; with a batch id it is safe to send it again.");
            default:
                LogUnexpected(logger, exception, request.Method, request.Path, Problems.TraceIdOf(request.HttpContext));
                return new ProblemReport(ErrorKind.Internal, "The server's log has the cause under this traceId.");
        }
    }

    private static ErrorKind KindOf(DriftException exception) => exception.Error switch
    {
        DriftError.Invalid when exception.Fields is not null => ErrorKind.InvalidSettings,
        DriftError.Invalid => ErrorKind.InvalidRequest,
        DriftError.NotFound => ErrorKind.NotFound,
        DriftError.Conflict => ErrorKind.Conflict,
        DriftError.SchemaViolation => ErrorKind.SchemaViolation,
        _ => ErrorKind.Unavailable,
    };

    private static ErrorKind KindOf(BadHttpRequestException exception)
    {
        var kind = ErrorKind.ForStatus(exception.StatusCode);
        return kind.Status == exception.StatusCode ? kind : kind with { Status = exception.StatusCode };
    }

    private static string DetailOf(BadHttpRequestException exception) => exception.StatusCode switch
    {
        413 => "The body is larger than Drift:Ingest:MaxBodyBytes allows. Send it in several batches.",
        _ => exception.Message,
    };

    [LoggerMessage(DriftEventId.Unavailable, LogLevel.Warning, "{Method} {Path} cannot be served now, trace {TraceId}", EventName = nameof(DriftEventId.Unavailable))]
    private static partial void LogUnavailable(ILogger logger, Exception exception, string method, string path, string traceId);

    [LoggerMessage(DriftEventId.TimedOut, LogLevel.Warning, "{Method} {Path} was not answered in time, trace {TraceId}", EventName = nameof(DriftEventId.TimedOut))]
    private static partial void LogTimeout(ILogger logger, Exception exception, string method, string path, string traceId);

    [LoggerMessage(DriftEventId.Unexpected, LogLevel.Error, "{Method} {Path} failed, trace {TraceId}", EventName = nameof(DriftEventId.Unexpected))]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path, string traceId);
}
