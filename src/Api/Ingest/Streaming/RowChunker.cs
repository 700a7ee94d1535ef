using Drift.Api.Errors;
using Drift.Api.Rows;

namespace Drift.Api.Ingest.Streaming;

/// <summary>
/// Cuts a body that arrives into chunks of whole rows. Where it is cut depends on the body and the limits alone, not on how the bytes
/// arrive, so a body that is sent again falls into the same chunks. Holds one chunk and what arrived behind it. Not thread-safe.
/// </summary>
internal sealed class RowChunker(BodySource source, RowFormat format, ChunkLimits limits) : IDisposable
{
    private const int ReadSize = 64 * 1024;

    private PooledBody _buffer = new(2 * ReadSize);
    private RowCutter _cutter = new(format);
    private byte[]? _header = format == RowFormat.Csv ? null : [];
    private int _headerLines;
    private int _rows;
    private long _rowsBefore;
    private long _linesBefore;
    private bool _isFinal;
    private bool _ended;

    /// <summary>The next chunk; null at the end. A body without rows is one chunk, so that its reader says what is missing.</summary>
    /// <exception cref="ApiException">The body is damaged, or a row is too long.</exception>
    public async ValueTask<RowChunk?> NextAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            if (TryCut() is { } end)
            {
                var chunk = Take(end);
                if (chunk.Rows > 0)
                    return chunk;

                // As many blank lines as a chunk may have bytes.
                chunk.Dispose();
                continue;
            }

            if (_isFinal)
            {
                _ended = true;
                return _rows > 0 || _rowsBefore == 0 ? Take(_buffer.Length) : null;
            }

            var count = await source.ReadAsync(_buffer.FreeMemory(ReadSize), cancellationToken);
            _buffer.Advance(count);
            _isFinal = count == 0;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private int? TryCut()
    {
        var bytes = _buffer.Span;
        while (_cutter.TryNext(bytes, _isFinal, out var start, out var isBlank))
        {
            var end = _cutter.RowStart;
            if (end - (_header is null ? 0 : start) > limits.RowBytes)
                throw TooLong();
            if (_header is null)
            {
                if (isBlank)
                    continue;
                _header = bytes[..end].ToArray();
                _headerLines = bytes[..end].Count((byte)'\n');
                continue;
            }

            if (!isBlank)
                _rows++;
            if (_rows == limits.Rows || end - _header.Length >= limits.Bytes)
                return end;
        }

        return bytes.Length - _cutter.RowStart > limits.RowBytes ? throw TooLong() : null;
    }

    private RowChunk Take(int end)
    {
        var chunk = new RowChunk(_buffer, _rows, new RowOrigin(_rowsBefore, _linesBefore));
        _rowsBefore += _rows;
        _linesBefore += _buffer.Span[..end].Count((byte)'\n') - _headerLines;
        _rows = 0;

        var header = _header ?? [];
        var next = new PooledBody(Math.Max(chunk.Body.Length, 2 * ReadSize));
        next.Append(header);
        next.Append(chunk.Body.Span[end..]);
        _buffer = next;
        _cutter.Shift(end, header.Length);
        chunk.Body.Truncate(end);
        return chunk;
    }

    private ApiException TooLong()
    {
        var row = _rowsBefore + _rows;
        var what = _header is null ? "The header" : $"Row {row}";
        var hint = format == RowFormat.Csv ? " A quote that is not closed makes all that follows one field." : "";
        return new ApiException(ErrorKind.TooLarge, $"{what} has more than {limits.RowBytes} bytes, the most that one row of a stream may have.{hint}")
        {
            Row = _header is null ? null : row,
        };
    }
}
