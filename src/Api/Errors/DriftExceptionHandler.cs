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

        switch (exception)
        {
            case ApiException e:
                await Problems.WriteAsync(httpContext, e.Kind, e.Message, e.Fields, e.Row);
                return true;
            case DriftException e:
                if (e.Error == DriftError.Unavailable)
                    LogUnavailable(logger, e, httpContext.Request.Method, httpContext.Request.Path);
                await Problems.WriteAsync(httpContext, KindOf(e), e.Message, e.Fields);
                return true;
            case BadHttpRequestException e:
                await Problems.WriteAsync(httpContext, KindOf(e), DetailOf(e));
                return true;
            case TimeoutException:
                LogTimeout(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
                await Problems.WriteAsync(
                    httpContext, ErrorKind.Timeout, "It was not answered in time. Whether it was done is unknown; with a batch id it is safe to send it again.");
                return true;
            default:
                LogUnexpected(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
                await Problems.WriteAsync(httpContext, ErrorKind.Internal, "The server's log has the cause under this traceId.");
                return true;
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

    [LoggerMessage(DriftEventId.Unavailable, LogLevel.Warning, "{Method} {Path} cannot be served now", EventName = nameof(DriftEventId.Unavailable))]
    private static partial void LogUnavailable(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(DriftEventId.TimedOut, LogLevel.Warning, "{Method} {Path} was not answered in time", EventName = nameof(DriftEventId.TimedOut))]
    private static partial void LogTimeout(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(DriftEventId.Unexpected, LogLevel.Error, "{Method} {Path} failed", EventName = nameof(DriftEventId.Unexpected))]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path);
}
