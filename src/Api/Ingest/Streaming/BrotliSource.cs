using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Drift.Api.Ingest.Streaming;

/// <summary>A body in brotli. Not by <see cref="BrotliStream"/>: it takes a stream that is cut off for a shorter one, the decoder tells.</summary>
internal sealed class BrotliSource(PipeReader body) : BodySource
{
    private BrotliDecoder _decoder;
    private bool _done;
    private bool _hasMore;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_hasMore && Decompress([], into.Span).Written is var rest and > 0)
                return rest;
            var read = await body.ReadAsync(cancellationToken);
            var (consumed, written) = Decompress(read.Buffer, into.Span);
            var isEnd = read.IsCompleted && consumed == read.Buffer.Length;
            body.AdvanceTo(read.Buffer.GetPosition(consumed));
            SentBytes += consumed;
            if (written > 0)
                return written;
            if (isEnd)
                return _done ? 0 : throw BodyEncodings.Damaged("br");
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        return base.DisposeAsync();
    }

    private (long Consumed, int Written) Decompress(in ReadOnlySequence<byte> sent, Span<byte> into)
    {
        long consumed = 0;
        var written = 0;
        foreach (var memory in sent)
        {
            var (used, count) = Decompress(memory.Span, into[written..]);
            consumed += used;
            written += count;
            if (_hasMore)
                break;
        }

        return (consumed, written);
    }

    private (int Consumed, int Written) Decompress(ReadOnlySpan<byte> sent, Span<byte> into)
    {
        if (_done)
            return sent.IsEmpty ? (0, 0) : throw BodyEncodings.Damaged("br");
        var status = _decoder.Decompress(sent, into, out var consumed, out var written);
        _hasMore = status == OperationStatus.DestinationTooSmall;
        _done = status == OperationStatus.Done;
        if (status == OperationStatus.InvalidData || (_done && consumed < sent.Length))
            throw BodyEncodings.Damaged("br");
        return (consumed, written);
    }
}
