using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Drift.Core.Rows;

/// <summary>
/// One column of a batch: a tag per row and the value beside it. Rows that were never set are missing. Grows with its batch;
/// reusable through <see cref="RowBatch.Clear"/>. Not thread-safe.
/// </summary>
public sealed class Cells
{
    /// <summary>Bytes that the category of a number takes at most: the shortest form of a double has up to 24.</summary>
    internal const int CategoryBuffer = 32;

    private CellTag[] _tags = [];
    private double[] _numbers = [];
    private int[] _texts = [];
    private float[] _vectors = [];
    private int _vectorsUsed;
    private int _rows;

    /// <summary>An empty column.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="spare">A cleared column that is used no more: its memory goes over to the new one.</param>
    internal Cells(string name, Cells? spare = null)
    {
        Name = name;
        Utf8Name = Encoding.UTF8.GetBytes(name);
        IsPlainName = !Utf8Name.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1F) && !Utf8Name.AsSpan().ContainsAny("\"\\"u8);
        if (spare is null)
            return;
        (_tags, _numbers, _texts, _vectors) = (spare._tags, spare._numbers, spare._texts, spare._vectors);
        (spare._tags, spare._numbers, spare._texts, spare._vectors) = ([], [], [], []);
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>The row that was set last, −1 before the first: a reader that is about to set it again has found a duplicate key.</summary>
    public int LastRow { get; private set; } = -1;

    /// <summary>Bytes of the name in UTF-8.</summary>
    public int Utf8Length => Utf8Name.Length;

    internal byte[] Utf8Name { get; }

    /// <summary>Whether JSON writes the name as it is.</summary>
    internal bool IsPlainName { get; }

    /// <summary>The column's place among the columns of its batch; −1 while no row of the batch has named it.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>Memory that <see cref="Clear"/> keeps, in bytes.</summary>
    internal long RetainedBytes => (13L * _tags.Length) + (4L * _vectors.Length);

    /// <summary>Memory that its cells take, in bytes.</summary>
    internal long UsedBytes => (13L * _rows) + (4L * _vectorsUsed);

    /// <summary>What the cell of <paramref name="row"/> holds.</summary>
    public CellTag Tag(int row) => row < _rows ? _tags[row] : CellTag.Missing;

    /// <summary>The number of a <see cref="CellTag.Number"/> cell; 1 or 0 for a <see cref="CellTag.Boolean"/>.</summary>
    public double Number(int row) => _numbers[row];

    /// <summary>The text of a <see cref="CellTag.Text"/> cell, or of a number that was read from text; −1 when there is none.</summary>
    public int Text(int row) => _texts[row];

    /// <summary>The values of a <see cref="CellTag.Vector"/> cell.</summary>
    public ReadOnlySpan<float> Vector(int row) => _vectors.AsSpan(_texts[row], (int)_numbers[row]);

    /// <summary>Sets a number; <paramref name="text"/> is how it was written, when the format does not tell numbers from texts.</summary>
    public void SetNumber(int row, double value, int text = -1) => Set(row, CellTag.Number, value, text);

    /// <summary>Sets a text of the batch's <see cref="RowBatch.Texts"/>.</summary>
    public void SetText(int row, int text) => Set(row, CellTag.Text, 0, text);

    /// <summary>Sets true or false.</summary>
    public void SetBoolean(int row, bool value) => Set(row, CellTag.Boolean, value ? 1 : 0, -1);

    /// <summary>Marks a value of no usable form.</summary>
    public void SetInvalid(int row) => Set(row, CellTag.Invalid, 0, -1);

    /// <summary>Marks an explicit null, so that a second value for the same row is seen as a duplicate.</summary>
    public void SetMissing(int row) => Set(row, CellTag.Missing, 0, -1);

    /// <summary>Sets an embedding.</summary>
    public void SetVector(int row, ReadOnlySpan<float> values)
    {
        if (_vectors.Length - _vectorsUsed < values.Length)
            Array.Resize(ref _vectors, Math.Max(2 * _vectors.Length, _vectorsUsed + Math.Max(64, values.Length)));
        values.CopyTo(_vectors.AsSpan(_vectorsUsed));
        Set(row, CellTag.Vector, values.Length, _vectorsUsed);
        _vectorsUsed += values.Length;
    }

    /// <summary>
    /// The cell as a category or class name, or null when it is missing, invalid or a vector. Numbers are written the shortest way
    /// ("3" for 3 and for "3.0"), so that a value means the same in JSON and CSV; texts that would lose by it ("007", more than
    /// 15 digits) stay as written.
    /// </summary>
    public string? Category(int row, TextTable texts) => Tag(row) switch
    {
        CellTag.Text => texts.GetString(_texts[row]),
        CellTag.Boolean => _numbers[row] != 0 ? "true" : "false",
        CellTag.Number => NumberCategory(_numbers[row], _texts[row] < 0 ? default : texts[_texts[row]]),
        _ => null,
    };

    /// <summary>
    /// <see cref="Category"/> as UTF-8, without making a string; false where that is null. The bytes lie in the batch's texts or in
    /// <paramref name="buffer"/>, which must take <see cref="CategoryBuffer"/> bytes.
    /// </summary>
    internal bool TryGetCategory(int row, TextTable texts, Span<byte> buffer, out ReadOnlySpan<byte> utf8)
    {
        switch (Tag(row))
        {
            case CellTag.Text:
                utf8 = texts[_texts[row]];
                return true;
            case CellTag.Boolean:
                utf8 = _numbers[row] != 0 ? "true"u8 : "false"u8;
                return true;
            case CellTag.Number:
                utf8 = NumberCategory(_numbers[row], _texts[row] < 0 ? default : texts[_texts[row]], buffer);
                return true;
            default:
                utf8 = default;
                return false;
        }
    }

    /// <summary>
    /// The numbers of a run of rows without copying; false when one of them holds anything but a <see cref="CellTag.Number"/>.
    /// </summary>
    internal bool TryGetNumbers(int first, int count, out ReadOnlySpan<double> numbers)
    {
        numbers = default;
        if (first + count > _rows)
            return false;
        if (MemoryMarshal.AsBytes(_tags.AsSpan(first, count)).ContainsAnyExcept((byte)CellTag.Number))
            return false;
        numbers = _numbers.AsSpan(first, count);
        return true;
    }

    /// <summary>Makes a row missing again that may have been set last.</summary>
    internal void Unset(int row)
    {
        if (LastRow != row)
            return;
        _tags[row] = CellTag.Missing;
        LastRow = row - 1;
    }

    internal void Clear()
    {
        Array.Clear(_tags, 0, _rows);
        _rows = 0;
        _vectorsUsed = 0;
        LastRow = -1;
    }

    private static string NumberCategory(double value, ReadOnlySpan<byte> written) => IsKept(written)
        ? Encoding.UTF8.GetString(written)
        : (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> NumberCategory(double value, ReadOnlySpan<byte> written, Span<byte> buffer)
    {
        if (IsKept(written))
            return written;
        (value == 0 ? 0 : value).TryFormat(buffer, out var length, "R", CultureInfo.InvariantCulture);
        return buffer[..length];
    }

    private static bool IsKept(ReadOnlySpan<byte> written) =>
        written.Length > 15 || written is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..];

    private void Set(int row, CellTag tag, double number, int text)
    {
        if (row >= _tags.Length)
        {
            var capacity = Math.Max(row + 1, Math.Max(64, 2 * _tags.Length));
            Array.Resize(ref _tags, capacity);
            Array.Resize(ref _numbers, capacity);
            Array.Resize(ref _texts, capacity);
        }

        // Rows skipped since the last one stay missing: their tags were cleared with the batch.
        _rows = Math.Max(_rows, row + 1);
        _tags[row] = tag;
        _numbers[row] = number;
        _texts[row] = text;
        LastRow = row;
    }
}
