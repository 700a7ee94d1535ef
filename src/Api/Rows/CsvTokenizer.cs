using System.Buffers;

namespace Drift.Api.Rows;

/// <summary>
/// Splits CSV (RFC 4180) into fields: quoted fields with doubled quotes and line breaks, lines that end in LF or CRLF, blank lines
/// skipped. A field is given in place where it lies in one segment, else from scratch memory.
/// </summary>
internal ref struct CsvTokenizer
{
    private readonly ReadScratch _scratch;
    private readonly int _maxField;
    private ReadOnlySequence<byte>.Enumerator _segments;
    private ReadOnlySpan<byte> _rest;
    private int _used;

    public CsvTokenizer(in ReadOnlySequence<byte> body, ReadScratch scratch, int maxField)
    {
        _scratch = scratch;
        _maxField = maxField;
        _segments = body.GetEnumerator();
    }

    /// <summary>The line that reading has come to, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Whether the last field was its row's last.</summary>
    public bool EndOfRow { get; private set; }

    /// <summary>Goes to the next row that is not blank; false at the end.</summary>
    public bool TryStartRow()
    {
        while (true)
        {
            switch (Peek())
            {
                case -1:
                    return false;
                case '\n':
                    _rest = _rest[1..];
                    Line++;
                    break;
                case '\r':
                    _rest = _rest[1..];
                    TakeLineFeed();
                    break;
                default:
                    return true;
            }
        }
    }

    /// <summary>The next field of the row; valid until the next call.</summary>
    /// <exception cref="RowFormatException">Quotes or line ends are not as RFC 4180 has them, or the field is too long.</exception>
    public ReadOnlySpan<byte> ReadField()
    {
        _used = 0;
        return Peek() == '"' ? ReadQuoted() : ReadPlain();
    }

    private ReadOnlySpan<byte> ReadPlain()
    {
        while (true)
        {
            var end = _rest.IndexOfAny(",\n\r\""u8);
            if (end < 0)
            {
                Keep(_rest);
                _rest = default;
                if (Peek() >= 0)
                    continue;
                EndOfRow = true;
                return Kept(default);
            }

            var field = Kept(_rest[..end]);
            if (_rest[end] == '"')
                throw Fault("a quote stands inside a field that does not begin with one; quote the whole field and double the quotes in it");
            _rest = _rest[end..];
            EndField();
            return field;
        }
    }

    private ReadOnlySpan<byte> ReadQuoted()
    {
        var began = Line;
        _rest = _rest[1..];
        while (true)
        {
            var end = _rest.IndexOf((byte)'"');
            if (end < 0)
            {
                Line += _rest.Count((byte)'\n');
                Keep(_rest);
                _rest = default;
                if (Peek() >= 0)
                    continue;
                Line = began;
                throw Fault("a quoted field begins here and is not closed");
            }

            var part = _rest[..end];
            Line += part.Count((byte)'\n');
            _rest = _rest[(end + 1)..];
            if (_rest.IsEmpty || _rest[0] == '"')
            {
                // A doubled quote, or the answer lies in the next segment.
                Keep(part);
                if (Peek() == '"')
                {
                    Keep("\""u8);
                    _rest = _rest[1..];
                    continue;
                }

                part = default;
            }

            var field = Kept(part);
            EndField();
            return field;
        }
    }

    private void EndField()
    {
        var next = Peek();
        EndOfRow = next != ',';
        if (next < 0)
            return;
        if (next is not (',' or '\n' or '\r'))
            throw Fault("after a closing quote a comma or the end of the line must follow");
        _rest = _rest[1..];
        if (next == '\n')
            Line++;
        else if (next == '\r')
            TakeLineFeed();
    }

    private void TakeLineFeed()
    {
        if (Peek() is not ('\n' or -1))
            throw Fault("a carriage return must be followed by a line feed, or stand in a quoted field");
        if (_rest.IsEmpty)
            return;
        _rest = _rest[1..];
        Line++;
    }

    /// <summary>The next byte, in the next segment if need be; −1 at the end.</summary>
    private int Peek()
    {
        while (_rest.IsEmpty)
        {
            if (!_segments.MoveNext())
                return -1;
            _rest = _segments.Current.Span;
        }

        return _rest[0];
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        CheckLength(part);
        part.CopyTo(_scratch.Bytes(_used + part.Length).AsSpan(_used));
        _used += part.Length;
    }

    private ReadOnlySpan<byte> Kept(ReadOnlySpan<byte> part)
    {
        CheckLength(part);
        if (_used == 0)
            return part;
        Keep(part);
        return _scratch.Bytes(_used).AsSpan(0, _used);
    }

    private readonly void CheckLength(ReadOnlySpan<byte> part)
    {
        if (_used + part.Length > _maxField)
            throw Fault($"a field has more than {_maxField} bytes, the most that one field may have", RowFaultKind.TooLarge);
    }

    private readonly RowFormatException Fault(string message, RowFaultKind kind = RowFaultKind.Malformed) =>
        new(new RowFault(kind, "", null, $"line {Line}: {message}."));
}
