using System.Globalization;
using System.Text;

namespace Drift.Standalone.Tests.Streams;

/// <summary>A CSV of a length that is never in memory as a whole: a block of rows again and again, behind a header.</summary>
internal sealed class GeneratedRows : Stream
{
    private static readonly byte[] Header = "age,income,job\n"u8.ToArray();
    private static readonly byte[] Block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, RowsPerBlock).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{18 + (i * 7919 % 60)},{20_000 + (i * 104_729 % 60_000)}.25,{(i % 3 == 0 ? "nurse" : "clerk")}\n"))));

    private readonly long _length;
    private long _position;

    /// <param name="leastBytes">The length, rounded up to whole blocks.</param>
    public GeneratedRows(long leastBytes)
    {
        var blocks = (leastBytes + Block.Length - 1) / Block.Length;
        Rows = blocks * RowsPerBlock;
        _length = Header.Length + (blocks * Block.Length);
    }

    /// <summary>Rows of a block.</summary>
    public const int RowsPerBlock = 1000;

    /// <summary>Rows in all.</summary>
    public long Rows { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var from = _position < Header.Length ? Header.AsSpan((int)_position) : Block.AsSpan((int)((_position - Header.Length) % Block.Length));
        var count = (int)Math.Min(Math.Min(buffer.Length, from.Length), _length - _position);
        from[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
