using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Drift.Api.Ingest.Streaming;

/// <summary>
/// An answer that grows by lines while the body is still arriving. Many clients read nothing of an answer before they have sent the whole
/// body: waiting for them would stop the body too. So lines that the connection does not take yet wait here, and only when that is too
/// much is there a wait for the client. Not thread-safe.
/// </summary>
internal sealed class RunningReceipt(HttpContext http)
{
    /// <summary>Lines that wait for a client that does not read: those of about 4 000 chunks.</summary>
    public const int MostWaiting = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _waiting = new(1024);
    private Task<FlushResult> _flush = Task.FromResult(default(FlushResult));

    /// <summary>Whether a line was written, and with it the status 200.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Adds a line and sends it as soon as the connection takes it.</summary>
    public async ValueTask AddAsync<T>(T line, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!HasStarted)
            Start();
        using (var writer = new Utf8JsonWriter(_waiting))
            JsonSerializer.Serialize(writer, line, type);
        _waiting.Write("\n"u8);
        if (!_flush.IsCompleted && _waiting.WrittenCount >= MostWaiting)
            await _flush.WaitAsync(cancellationToken);
        if (_flush.IsCompleted)
            Send(cancellationToken);
    }

    /// <summary>Returns when all lines were taken by the connection.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await _flush.WaitAsync(cancellationToken);
        Send(cancellationToken);
        await _flush;
    }

    private void Start()
    {
        HasStarted = true;
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // A client that sends before it reads would be cut off as too slow a reader.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var response = http.Response;
        response.ContentType = StreamRequest.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private void Send(CancellationToken cancellationToken)
    {
        http.Response.BodyWriter.Write(_waiting.WrittenSpan);
        _waiting.ResetWrittenCount();
        _flush = http.Response.BodyWriter.FlushAsync(cancellationToken).AsTask();
    }
}
