using System.IO.Pipelines;
using Drift.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Ingest.Streaming;

/// <summary>The bytes of a body as they arrive, decompressed, in constant memory. Not thread-safe.</summary>
internal abstract class BodySource : IAsyncDisposable
{
    /// <summary>The bytes of a request's body.</summary>
    /// <exception cref="ApiException">Its encoding is none that is understood.</exception>
    public static BodySource Of(HttpRequest request) => Of(BodyEncodings.Of(request), request.BodyReader);

    /// <summary>The bytes of a body that is encoded in a way.</summary>
    public static BodySource Of(BodyEncoding encoding, PipeReader body) => encoding switch
    {
        BodyEncoding.Gzip => new GzipSource(body),
        BodyEncoding.Brotli => new BrotliSource(body),
        _ => new IdentitySource(body),
    };

    /// <summary>Bytes of the body taken so far, as they were sent.</summary>
    public long SentBytes { get; protected set; }

    /// <summary>Reads some bytes; 0 at the end of a complete body.</summary>
    /// <exception cref="ApiException">The body is damaged or cut off.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
