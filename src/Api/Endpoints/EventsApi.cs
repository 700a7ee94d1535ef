using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>Verdict changes as server-sent events.</summary>
internal static partial class EventsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models/{model}/events", StreamAsync)
            .RequireScope(ApiScopes.Read)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Document("streamEvents", "Drift", new()
            {
                Summary = "Follow verdict changes",
                Description = "Server-sent events (text/event-stream), named severity, drift_opened, drift_closed or reference. "
                    + "Starts with the changes that are kept (the latest 256), "
                    + "or behind the number in Last-Event-ID or ?after=. Ends when the model is deleted.",
                Response = Examples.Events,
                Problems = [400, 404],
            });

    private static async Task StreamAsync(
        string model,
        long? after,
        HttpContext http,
        IDriftEngine engine,
        IOptions<ApiOptions> options,
        IHostApplicationLifetime lifetime,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        var last = LastSeen(http.Request, after);
        var actor = engine.Model(id);
        // Before the answer starts: a model that does not exist is a 404 and not an empty stream.
        await actor.DescribeAsync(cancellationToken);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var response = http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            // Three seconds until the client comes back, should the connection break.
            await WriteAsync(response, "retry: 3000\n\n"u8, ending.Token);
            while (!ending.IsCancellationRequested)
            {
                var changes = await actor.GetChangesAsync(last, options.Value.EventsHeartbeat, ending.Token);
                if (changes.Count == 0)
                {
                    await actor.DescribeAsync(ending.Token);
                    await WriteAsync(response, ": heartbeat\n\n"u8, ending.Token);
                    continue;
                }

                foreach (var change in changes)
                {
                    Format(response.BodyWriter, change);
                    last = Math.Max(last, change.Number);
                }

                await response.BodyWriter.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client went, or this host stops: the client comes back to another one with the last number it saw.
        }
        catch (DriftException e) when (e.Error == DriftError.NotFound)
        {
            await WriteAsync(response, "event: deleted\ndata: {}\n\n"u8, cancellationToken);
        }
        catch (DriftException e)
        {
            // The answer has started, so it can only end; the client comes back.
            LogEnded(loggers.CreateLogger(typeof(EventsApi)), e, id.ToString());
        }
    }

    private static long LastSeen(HttpRequest request, long? after)
    {
        if (after < 0)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "after", $"is {after}, it must be 0 or more");
        if (request.Headers["Last-Event-ID"].ToString() is not { Length: > 0 } text)
            return after ?? 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiException.ForField(ErrorKind.InvalidRequest, "Last-Event-ID", "must be the number of an event, as its id said");
    }

    private static void Format(IBufferWriter<byte> output, VerdictChange change)
    {
        Encoding.UTF8.GetBytes($"id: {change.Number.ToString(CultureInfo.InvariantCulture)}\nevent: {change.Kind}\ndata: ", output);
        // JSON has no line break outside of strings, and inside they are escaped: one data line is enough.
        using (var writer = new Utf8JsonWriter(output))
            JsonSerializer.Serialize(writer, change, DriftJson.Output.VerdictChange);
        output.Write("\n\n"u8);
    }

    private static ValueTask<System.IO.Pipelines.FlushResult> WriteAsync(HttpResponse response, ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(bytes);
        return response.BodyWriter.FlushAsync(cancellationToken);
    }

    [LoggerMessage(
        DriftEventId.EventStreamEnded,
        LogLevel.Warning,
        "The event stream of {Model} ended; its client comes back by itself",
        EventName = nameof(DriftEventId.EventStreamEnded))]
    private static partial void LogEnded(ILogger logger, Exception exception, string model);
}
