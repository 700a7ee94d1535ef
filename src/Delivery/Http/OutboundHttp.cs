using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Http;

/// <summary>
/// Posts to destinations. A name is resolved once per connection, its addresses are looked at, and the connection goes to one that was
/// looked at: a name that resolves to something else a moment later changes nothing. Redirects are not followed and proxies of the
/// environment not used, because both would lead past that. Thread-safe.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly DeliveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    /// <summary>Creates it; connections are kept and shared.</summary>
    public OutboundHttp(IOptions<DeliveryOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // So that a changed name is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Orleans.Drift", "1"));
    }

    /// <summary>Posts JSON once. Whatever goes wrong on the way is a result; errors name neither address nor secrets.</summary>
    public async Task<DeliveryResult> PostAsync(
        Uri url, ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken) =>
        (await PostAsync(url, body, headers, wantsAnswer: false, cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>The same, with the body of an answer that says the message was taken: empty when it has none, or more than 64 KiB.</summary>
    public Task<(DeliveryResult Result, ReadOnlyMemory<byte> Answer)> PostForAnswerAsync(
        Uri url, ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken) =>
        PostAsync(url, body, headers, wantsAnswer: true, cancellationToken);

    private async Task<(DeliveryResult Result, ReadOnlyMemory<byte> Answer)> PostAsync(
        Uri url, ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>> headers, bool wantsAnswer, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return (Judge(response), wantsAnswer && response.IsSuccessStatusCode ? await ReadAsync(response, either.Token).ConfigureAwait(false) : default);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (new DeliveryResult(DeliveryOutcome.Failed, $"did not answer within {_options.Timeout}"), default);
        }
        catch (HttpRequestException e)
        {
            return (new DeliveryResult(DeliveryOutcome.Failed, Explain(e)), default);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Taken is taken: what else there was to say got lost, or is too long.
            return default;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private DeliveryResult Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new DeliveryResult(DeliveryOutcome.Delivered);
        if (status is >= 300 and < 400)
            return new DeliveryResult(DeliveryOutcome.Failed, $"answered {status}, a redirect, which is not followed: configure the address that it leads to");
        // Only answers about the message itself are final: a wrong key, or a route that is missing during a deployment, can be put right.
        var outcome = status is 400 or 410 or 413 or 422 ? DeliveryOutcome.Refused : DeliveryOutcome.Failed;
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return new DeliveryResult(outcome, $"answered {status}", wait);
    }

    private static string Explain(HttpRequestException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException:
                    return cause.Message;
                case SocketException e:
                    return $"cannot be reached: {e.SocketErrorCode}";
                case AuthenticationException:
                    return "cannot be trusted: its certificate is not valid";
            }
        }

        return $"cannot be reached: {exception.HttpRequestError}";
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        // All of them: a name that leads inside as well as outside is not to be trusted with either.
        foreach (var address in addresses)
        {
            if (AddressGuard.Refusal(address, _options) is { } refusal)
                throw new AddressRefusedException(refusal);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
