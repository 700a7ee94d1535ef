using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Drift.Api.Errors;
using Drift.Api.Limits;
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
        var encoding = BodyEncodings.Of(request);
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);

        // A declared length is a hint, not a promise: no more is rented on its word than a small server can spare.
        var expected = (int)Math.Clamp(request.ContentLength ?? FirstRent, 1024, LargestFirstRent);
        var body = new PooledBody(expected);
        try
        {
            await CopyAsync(request.BodyReader, body, maxBytes, cancellationToken);
            // A length that was declared was taken when the request was let in.
            if (request.ContentLength is null)
                http.FindAdmission()?.Bytes(body.Length);
            if (encoding == BodyEncoding.Identity)
                return body;
            using var sent = body;
            body = new PooledBody((int)Math.Min(2L * sent.Length, LargestFirstRent));
            if (encoding == BodyEncoding.Gzip)
                Gunzip(sent, body, maxBytes);
            else
                Unbrotli(sent, body, maxBytes);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
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

    private static void Gunzip(PooledBody sent, PooledBody into, long maxBytes)
    {
        using var inflated = new GZipStream(sent.OpenRead(), CompressionMode.Decompress);
        while (true)
        {
            int count;
            try
            {
                count = inflated.Read(into.Free());
            }
            catch (InvalidDataException e)
            {
                throw BodyEncodings.Damaged("gzip", e);
            }

            if (count == 0)
                break;
            into.Advance(count);
            if (into.Length > maxBytes)
                throw TooLarge(maxBytes);
        }

        // GZipStream checks a checksum that it reaches, but takes a stream that is cut off before for a shorter one.
        if (!GzipTrailer.Fits(sent.Span, into.Span))
            throw BodyEncodings.Damaged("gzip");
    }

    private static void Unbrotli(PooledBody sent, PooledBody into, long maxBytes)
    {
        // Not BrotliStream: it takes a stream that is cut off for a shorter one, the decoder tells.
        using var decoder = new BrotliDecoder();
        var rest = sent.Span;
        while (true)
        {
            var status = decoder.Decompress(rest, into.Free(), out var consumed, out var written);
            rest = rest[consumed..];
            into.Advance(written);
            if (into.Length > maxBytes)
                throw TooLarge(maxBytes);
            if (status == OperationStatus.Done && rest.IsEmpty)
                return;
            if (status != OperationStatus.DestinationTooSmall)
                throw BodyEncodings.Damaged("br");
        }
    }

    private static ApiException TooLarge(long maxBytes) =>
        new(ErrorKind.TooLarge, $"The body is larger than {maxBytes} bytes, the most that one request may have, decompressed. Send it in several.");
}

/// <summary>A body in a pooled buffer that grows. Not thread-safe; not to be used after disposal.</summary>
internal sealed class PooledBody(int capacity) : IDisposable
{
    private const int SmallBuffer = 128 * 1024;
    private const int LargestPooled = 8 * 1024 * 1024;

    // The shared pool keeps an array of each size for each thread that ever gave one back: of megabytes, that is what the host would hold most of.
    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(LargestPooled, 2 * Environment.ProcessorCount);

    private byte[] _buffer = Rent(Math.Max(1024, capacity));

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    public ReadOnlySequence<byte> Bytes => new(_buffer, 0, Length);

    /// <summary>Room behind the bytes, never empty.</summary>
    public Span<byte> Free()
    {
        Reserve(1);
        return _buffer.AsSpan(Length);
    }

    /// <summary>Room behind the bytes, at least that much.</summary>
    public Memory<byte> FreeMemory(int least)
    {
        Reserve(least);
        return _buffer.AsMemory(Length);
    }

    /// <summary>A stream over the bytes; not to be used after disposal.</summary>
    public Stream OpenRead() => new MemoryStream(_buffer, 0, Length, writable: false);

    public void Advance(int count) => Length += count;

    /// <summary>Forgets the bytes from there on.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            PoolOf(_buffer.Length).Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - Length >= count)
            return;
        var larger = Rent((int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)Length + count)));
        Span.CopyTo(larger);
        PoolOf(_buffer.Length).Return(_buffer);
        _buffer = larger;
    }

    private static byte[] Rent(int least) => PoolOf(least).Rent(least);

    // Arrays are powers of two, as these bounds are: one goes back to the pool that it came from.
    private static ArrayPool<byte> PoolOf(int length) => length is > SmallBuffer and <= LargestPooled ? Large : ArrayPool<byte>.Shared;
}
