using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Drift.Api.Ingest.Streaming;

/// <summary>
/// A body in gzip. <see cref="GZipStream"/> takes a stream that is cut off for a shorter one, and the length in a trailer is that of the
/// last member only, of which nothing is kept here. So a member of ours is put behind the body: what it holds comes out at the end if
/// and only if everything before it was complete.
/// </summary>
internal sealed class GzipSource : BodySource
{
    private const int BufferSize = 64 * 1024;

    private static readonly byte[] Seal = "\0the end of the body\0"u8.ToArray();
    private static readonly byte[] SealMember = Compress(Seal);

    private readonly Sealed _sent;
    private readonly GZipStream _inflated;

    // The last bytes that came out, as many as the seal has: they may be it.
    private readonly byte[] _out = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _held;

    public GzipSource(PipeReader body)
    {
        _sent = new Sealed(body.AsStream(leaveOpen: true));
        _inflated = new GZipStream(_sent, CompressionMode.Decompress);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            int count;
            try
            {
                count = await _inflated.ReadAsync(_out.AsMemory(_held, Math.Min(_out.Length - _held, into.Length)), cancellationToken);
            }
            catch (InvalidDataException e)
            {
                throw BodyEncodings.Damaged("gzip", e);
            }

            _held += count;
            SentBytes = _sent.BodyBytes;
            if (count == 0)
            {
                if (_sent.BodyBytes == 0 || !_out.AsSpan(0, _held).SequenceEqual(Seal))
                    throw BodyEncodings.Damaged("gzip");
                return 0;
            }

            var free = _held - Seal.Length;
            if (free <= 0)
                continue;
            _out.AsSpan(0, free).CopyTo(into.Span);
            _out.AsSpan(free, Seal.Length).CopyTo(_out);
            _held = Seal.Length;
            return free;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _inflated.DisposeAsync();
        ArrayPool<byte>.Shared.Return(_out);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>The body with the seal's member behind it.</summary>
    private sealed class Sealed(Stream body) : Stream
    {
        private int _sealRead = -1;

        /// <summary>Bytes of the body alone that were read.</summary>
        public long BodyBytes { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_sealRead < 0)
            {
                var read = await body.ReadAsync(buffer, cancellationToken);
                BodyBytes += read;
                if (read > 0)
                    return read;

                _sealRead = 0;
            }

            var count = Math.Min(buffer.Length, SealMember.Length - _sealRead);
            SealMember.AsSpan(_sealRead, count).CopyTo(buffer.Span);
            _sealRead += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The body is read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
