using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Drift.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Ingest;

/// <summary>
/// Reads a body completely into one pooled buffer, decompressed. The limit holds for the bytes as sent and for what they become, so a
/// small body that unfolds into a large one ends at the limit.
/// </summary>
internal static class BodyReader
{
    private const int FirstRent = 64 * 1024;
    private const int LargestFirstRent = 1024 * 1024;

    /// <summary>Reads the body; the result is given back by disposing it.</summary>
    /// <exception cref="ApiException">It is too large, damaged, or encoded in a way that is not understood.</exception>
    public static async Task<PooledBody> ReadAsync(HttpContext http, long maxBytes, CancellationToken cancellationToken)
    {
        var request = http.Request;
        var encoding = EncodingOf(request);
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);

        // A declared length is a hint, not a promise: no more is rented on its word than a small server can spare.
        var expected = (int)Math.Clamp(request.ContentLength ?? FirstRent, 1024, LargestFirstRent);
        var body = new PooledBody(expected);
        try
        {
            if (encoding == Encoding.Identity)
                await CopyAsync(request.BodyReader, body, maxBytes, cancellationToken);
            else
                await InflateAsync(request.BodyReader, encoding, body, maxBytes, cancellationToken);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static Encoding EncodingOf(HttpRequest request)
    {
        var text = request.Headers.ContentEncoding.ToString().Trim();
        return text.ToLowerInvariant() switch
        {
            "" or "identity" => Encoding.Identity,
            "gzip" or "x-gzip" => Encoding.Gzip,
            "br" => Encoding.Brotli,
            _ => throw new ApiException(ErrorKind.UnsupportedEncoding, $"The content encoding is '{text}', it must be gzip, br or none."),
        };
    }

    private static async Task CopyAsync(PipeReader reader, PooledBody body, long maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (body.Length + read.Buffer.Length > maxBytes)
                throw TooLarge(maxBytes);
            foreach (var memory in read.Buffer)
                body.Append(memory.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private static async Task InflateAsync(PipeReader reader, Encoding encoding, PooledBody body, long maxBytes, CancellationToken cancellationToken)
    {
        await using var sent = reader.AsStream(leaveOpen: true);
        await using Stream inflated = encoding == Encoding.Gzip
            ? new GZipStream(sent, CompressionMode.Decompress, leaveOpen: true)
            : new BrotliStream(sent, CompressionMode.Decompress, leaveOpen: true);
        while (true)
        {
            int count;
            try
            {
                count = await inflated.ReadAsync(body.Free(), cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException or EndOfStreamException)
            {
                throw new ApiException(
                    ErrorKind.MalformedBody, $"The body is no complete {(encoding == Encoding.Gzip ? "gzip" : "br")} stream: it is damaged or cut off.", e);
            }

            if (count == 0)
                return;
            body.Advance(count);
            if (body.Length > maxBytes)
                throw TooLarge(maxBytes);
        }
    }

    private static ApiException TooLarge(long maxBytes) =>
        new(ErrorKind.TooLarge, $"The body is larger than {maxBytes} bytes, the most that one request may have, decompressed. Send it in several.");

    private enum Encoding
    {
        Identity,
        Gzip,
        Brotli,
    }
}

/// <summary>A body in a pooled buffer that grows. Not thread-safe; not to be used after disposal.</summary>
internal sealed class PooledBody(int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    public ReadOnlySequence<byte> Bytes => new(_buffer, 0, Length);

    /// <summary>Room behind the bytes, never empty.</summary>
    public Memory<byte> Free()
    {
        Reserve(1);
        return _buffer.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - Length >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)Length + count)));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
