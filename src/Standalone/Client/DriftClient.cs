using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Drift.Actors;
using Drift.Core.Detection;
using Drift.Core.Gpus;
using Drift.Core.Settings;

namespace Drift.Standalone.Client;

/// <summary>
/// The HTTP API for this program's own commands. A request that fails transiently is sent again with the same body and the same
/// idempotency key, so a batch whose answer was lost still counts once. Thread-safe.
/// </summary>
internal sealed class DriftClient
{
    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly string? _key;
    private readonly TimeProvider _time;
    private readonly RetryOptions _retry;

    /// <param name="http">What requests go through; its base address is not used.</param>
    /// <param name="server">The server's address, such as <c>http://127.0.0.1:8080</c>; may have a path.</param>
    /// <param name="key">The API key; null for none.</param>
    /// <param name="time">The clock of the waits between tries.</param>
    /// <param name="retry">How long to try.</param>
    public DriftClient(HttpClient http, Uri server, string? key, TimeProvider time, RetryOptions? retry = null)
    {
        _http = http;
        _server = new Uri(server.AbsoluteUri.TrimEnd('/') + "/");
        _key = key;
        _time = time;
        _retry = retry ?? new RetryOptions();
    }

    /// <summary>Told before each wait for another try: why, and how long it waits.</summary>
    public Action<DriftApiException, TimeSpan>? Retrying { get; set; }

    /// <summary>Returns when the server says that it is ready.</summary>
    /// <param name="limit">How long to wait; zero asks once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DriftApiException">It was not ready in time.</exception>
    public async Task WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var retry = new RetryOptions { Limit = limit, FirstDelay = TimeSpan.FromMilliseconds(250), LongestDelay = TimeSpan.FromSeconds(1) };
        await SendAsync(HttpMethod.Get, "health/ready", null, null, retry, static (_, _) => Task.FromResult(true), cancellationToken);
    }

    /// <summary>A model's settings and state; null when there is no such model.</summary>
    public async Task<ModelDescription?> FindModelAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, PathOf(model), null, null, ClientJson.Wire.ModelDescription, cancellationToken);
        }
        catch (DriftApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Creates a model or replaces its settings.</summary>
    public Task<ModelDescription> ConfigureAsync(string model, ModelSettings settings, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(settings, ClientJson.Wire.ModelSettings);
        return SendAsync(
            HttpMethod.Put,
            PathOf(model),
            new RowPayload(body, MediaTypeNames.Application.Json),
            null,
            ClientJson.Wire.ModelDescription,
            cancellationToken);
    }

    /// <summary>Makes rows a model's reference; its windows start afresh.</summary>
    public Task<ReferenceDescription> UploadReferenceAsync(string model, RowPayload rows, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"{PathOf(model)}/reference", rows, null, ClientJson.Wire.ReferenceDescription, cancellationToken);

    /// <summary>Sends predictions; with the same <paramref name="batchId"/> they count once, however often they are sent.</summary>
    public Task<IngestReceipt> SendRowsAsync(string model, string batchId, RowPayload rows, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{PathOf(model)}/predictions", rows, batchId, ClientJson.Wire.IngestReceipt, cancellationToken);

    /// <summary>A window's verdict: the latest one, or one evaluated now.</summary>
    public Task<Verdict> GetVerdictAsync(string model, string window, bool now, CancellationToken cancellationToken)
    {
        var path = $"{PathOf(model)}/{(now ? "drift/check" : "drift")}?window={Uri.EscapeDataString(window)}";
        return SendAsync(now ? HttpMethod.Post : HttpMethod.Get, path, null, null, ClientJson.Wire.Verdict, cancellationToken);
    }

    /// <summary>Reports a node's GPUs; sent twice they count once.</summary>
    public Task<GpuReceipt> ReportGpusAsync(string node, IReadOnlyList<GpuReport> reports, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new GpuReports(reports), ClientJson.Wire.GpuReports);
        return SendAsync(
            HttpMethod.Post,
            $"v1/gpus/{Uri.EscapeDataString(node)}/samples",
            new RowPayload(body, MediaTypeNames.Application.Json),
            null,
            ClientJson.Wire.GpuReceipt,
            cancellationToken);
    }

    /// <summary>Asks for what has no method of its own here, in the API's own JSON.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">The route without its first slash.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="idempotencyKey">What makes it safe to send again a request that does something.</param>
    /// <param name="headers">Makes further headers of the body's bytes, for each try afresh: a signature tells its time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<JsonNode> AskAsync(
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string? idempotencyKey = null,
        Func<ReadOnlyMemory<byte>, IEnumerable<KeyValuePair<string, string>>>? headers = null,
        CancellationToken cancellationToken = default)
    {
        RowPayload? payload = body is null
            ? null
            : new RowPayload(JsonSerializer.SerializeToUtf8Bytes(body, ClientJson.Wire.JsonNode), MediaTypeNames.Application.Json) { Headers = headers };
        return SendAsync(method, path, payload, idempotencyKey, ClientJson.Wire.JsonNode, cancellationToken);
    }

    private static string PathOf(string model) => $"v1/models/{Uri.EscapeDataString(model)}";

    // 504 and a lost connection leave open whether the request was served; the idempotency key makes asking again harmless.
    private static bool MayWorkLater(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private Task<T> SendAsync<T>(
        HttpMethod method, string path, RowPayload? body, string? idempotencyKey, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
        => SendAsync(
            method,
            path,
            body,
            idempotencyKey,
            _retry,
            async (response, token) =>
            {
                try
                {
                    await using var stream = await response.Content.ReadAsStreamAsync(token);
                    return await JsonSerializer.DeserializeAsync(stream, type, token)
                        ?? throw new JsonException("it is null");
                }
                catch (JsonException e)
                {
                    throw new DriftApiException(
                        $"What answers at {_server} is not this program's server, or another version of it: "
                        + $"{method} {path} gave no {typeof(T).Name} ({e.Message}).",
                        e)
                    {
                        Status = response.StatusCode,
                    };
                }
            },
            cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        RowPayload? body,
        string? idempotencyKey,
        RetryOptions retry,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(method, path, body, idempotencyKey, read, cancellationToken);
            }
            catch (DriftApiException e) when (e.IsTransient)
            {
                var delay = retry.DelayAfter(attempt, e.RetryAfter);
                if (_time.GetElapsedTime(started) > retry.Limit - delay)
                    throw;
                Retrying?.Invoke(e, delay);
                await Task.Delay(delay, _time, cancellationToken);
            }
        }
    }

    private async Task<T> TryAsync<T>(
        HttpMethod method,
        string path,
        RowPayload? body,
        string? idempotencyKey,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(_server, path));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json));
            if (_key is not null)
                request.Headers.Add("X-Api-Key", _key);
            if (idempotencyKey is not null)
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            if (body is { } payload)
            {
                request.Content = new ReadOnlyMemoryContent(payload.Body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(payload.MediaType);
                foreach (var (name, value) in payload.Headers?.Invoke(payload.Body) ?? [])
                    request.Headers.Add(name, value);
            }

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? await read(response, cancellationToken)
                : throw await RefusedAsync(method, path, response, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var reason = e.InnerException?.Message ?? e.Message;
            throw new DriftApiException(
                $"No server answers at {_server} ({reason}). Is `make run` running there? --url names another address.", e)
            {
                IsTransient = true,
                Reason = reason,
            };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DriftApiException($"The server at {_server} did not answer {method} {path} within {_http.Timeout.TotalSeconds:0} s.", e)
            {
                IsTransient = true,
                Reason = "no answer in time",
            };
        }
    }

    private async Task<DriftApiException> RefusedAsync(HttpMethod method, string path, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        var text = new StringBuilder($"The server refused {method} /{path} ({status})");
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (ProblemOf(response, body) is { } problem)
        {
            text.Append(": ").Append(problem.Detail ?? problem.Title ?? "it gave no reason");
            foreach (var (field, messages) in problem.Errors ?? new Dictionary<string, string[]>())
            {
                foreach (var message in messages.Where(m => problem.Detail?.Contains(m, StringComparison.Ordinal) != true))
                    text.Append($"\n  {field}: {message}");
            }

            if (problem.Row is { } row && problem.Detail?.Contains($"rows[{row}]", StringComparison.Ordinal) != true)
                text.Append($"\n  in row {row} of the request, counted from 0");
        }
        else if (body.Length > 0)
        {
            text.Append(": ").Append(body.Length > 300 ? body[..300] + "…" : body);
        }
        else
        {
            text.Append('.');
        }

        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            text.Append(_key is null ? "\n  Pass an API key with --key." : "\n  The key of --key does not allow this.");
        return new DriftApiException(text.ToString())
        {
            Status = response.StatusCode,
            Reason = status,
            IsTransient = MayWorkLater(response.StatusCode),
            RetryAfter = RetryAfterOf(response),
        };
    }

    private static ProblemReply? ProblemOf(HttpResponseMessage response, string body)
    {
        if (response.Content.Headers.ContentType?.MediaType is not (MediaTypeNames.Application.ProblemJson or MediaTypeNames.Application.Json))
            return null;
        try
        {
            return JsonSerializer.Deserialize(body, ClientJson.Wire.ProblemReply);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };
}
