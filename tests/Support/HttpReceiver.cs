using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Drift.Support;

/// <summary>A request that a receiver got.</summary>
public sealed record ReceivedRequest(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>A webhook receiver on a loopback port that keeps what it gets, answers what the test says, and can be away for a while.</summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private HttpListener? _listener;
    private Task _serving = Task.CompletedTask;

    private HttpReceiver(Uri address) => Address = address;

    /// <summary>Where it listens; the same for its whole life.</summary>
    public Uri Address { get; }

    /// <summary>What it answers; 200 at first.</summary>
    public Func<ReceivedRequest, Task<int>> Answer { get; set; } = _ => Task.FromResult(200);

    /// <summary>The body that it answers with; none at first.</summary>
    public Func<ReceivedRequest, string?> AnswerBody { get; set; } = _ => null;

    /// <summary>All requests so far, in order, whatever they were answered.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    /// <summary>Starts one.</summary>
    public static HttpReceiver Start()
    {
        for (var attempt = 1; ; attempt++)
        {
            var receiver = new HttpReceiver(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/")));
            try
            {
                receiver.Return();
                return receiver;
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                // Somebody else took the port meanwhile.
            }
        }
    }

    /// <summary>An address where nobody listens until <see cref="Return"/>.</summary>
    public static HttpReceiver Away() => new(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/")));

    /// <summary>Listens (again).</summary>
    public void Return()
    {
        var listener = new HttpListener();
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        _listener = listener;
        _serving = ServeAsync(listener);
    }

    /// <summary>Stops listening: connections are refused.</summary>
    public async Task LeaveAsync()
    {
        _listener?.Close();
        _listener = null;
        await _serving;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await LeaveAsync();

    private async Task ServeAsync(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var request = new ReceivedRequest(
                context.Request.Url!.PathAndQuery,
                context.Request.Headers.AllKeys.OfType<string>().ToDictionary(k => k, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync());
            _requests.Enqueue(request);
            context.Response.StatusCode = await Answer(request);
            if (AnswerBody(request) is { } body)
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The caller, or this receiver, went away meanwhile.
        }
    }
}
