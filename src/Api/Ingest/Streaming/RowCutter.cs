using Drift.Api.Rows;

namespace Drift.Api.Ingest.Streaming;

/// <summary>
/// Finds where rows end, without reading them: at a line feed, in CSV one outside of quotes. Whatever else is wrong with a row is for
/// its reader to say.
/// </summary>
internal struct RowCutter(RowFormat format)
{
    private readonly bool _isCsv = format == RowFormat.Csv;
    private int _rowStart;
    private int _scanned;
    private bool _quoted;
    private int _closedAt = -1;

    /// <summary>Begin of the row that is not complete yet.</summary>
    public readonly int RowStart => _rowStart;

    /// <summary>Goes behind the end of the next row, or of the next blank line, if it is there.</summary>
    /// <param name="bytes">The same bytes as before, and more.</param>
    /// <param name="isFinal">Whether no more will come.</param>
    /// <param name="start">Where it began.</param>
    /// <param name="isBlank">Whether it is no row.</param>
    public bool TryNext(ReadOnlySpan<byte> bytes, bool isFinal, out int start, out bool isBlank)
    {
        start = _rowStart;
        if (TryFindLineFeed(bytes))
            _rowStart = _scanned;
        else if (isFinal)
            _rowStart = bytes.Length;
        isBlank = IsBlank(bytes[start.._rowStart]);
        return _rowStart > start;
    }

    /// <summary>The bytes before an end of a row were taken away, and others put before what is left.</summary>
    /// <param name="taken">How many.</param>
    /// <param name="put">How many others.</param>
    public void Shift(int taken, int put)
    {
        _rowStart += put - taken;
        _scanned += put - taken;
        _closedAt = -1;
    }

    private bool TryFindLineFeed(ReadOnlySpan<byte> bytes)
    {
        if (!_isCsv)
        {
            var end = bytes[_scanned..].IndexOf((byte)'\n');
            _scanned = end < 0 ? bytes.Length : _scanned + end + 1;
            return end >= 0;
        }

        while (true)
        {
            var rest = bytes[_scanned..];
            var next = _quoted ? rest.IndexOf((byte)'"') : rest.IndexOfAny((byte)'\n', (byte)'"');
            if (next < 0)
            {
                _scanned = bytes.Length;
                return false;
            }

            var at = _scanned + next;
            _scanned = at + 1;
            if (_quoted)
            {
                _quoted = false;
                _closedAt = at;
            }
            else if (bytes[at] == '\n')
            {
                return true;
            }
            else
            {
                // A quote opens a field where one begins; right behind a closing one the two are a quote in the field.
                _quoted = at == FirstByteOf(bytes) || bytes[at - 1] == ',' || at - 1 == _closedAt;
            }
        }
    }

    private readonly int FirstByteOf(ReadOnlySpan<byte> bytes) => _rowStart == 0 && bytes.StartsWith("\uFEFF"u8) ? 3 : _rowStart;

    private readonly bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(_isCsv ? "\r\n"u8 : " \t\r\n"u8);
}
