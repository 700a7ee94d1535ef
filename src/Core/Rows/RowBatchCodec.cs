using Drift.Core.Codec;

namespace Drift.Core.Rows;

/// <summary>
/// A batch of rows as bytes, column by column: how rows travel to a model that still learns, and how a reference is uploaded. The
/// first byte is the kind, the second the version, the last four a CRC-32C. All values keep their bits; the table of texts is
/// written once and column names once. Thread-safe.
/// </summary>
/// <remarks>
/// Every row and every bitmap takes bytes of its own, so decoding never needs more than about a hundred bytes of memory for one byte
/// of input, whatever the bytes are.
/// </remarks>
public static class RowBatchCodec
{
    private const byte Kind = (byte)'R';
    private const byte Version1 = 1;

    // Has how the rows were served behind the columns. Batches without that are written as version 1, which older builds read.
    private const byte Version2 = 2;
    private const string What = "row batch";
    private const int Tags = (int)CellTag.Invalid + 1;

    /// <summary>The bytes of a batch.</summary>
    public static byte[] Encode(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var writer = new ByteWriter(1024);
        var serving = batch.Serving;
        var withServing = serving.HasAdapters || serving.HasMeasures;
        writer.WriteByte(Kind);
        writer.WriteByte(withServing ? Version2 : Version1);
        writer.WriteCount(batch.Texts.Count);
        for (var text = 0; text < batch.Texts.Count; text++)
            writer.WriteBytes(batch.Texts[text]);
        writer.WriteCount(batch.Count);
        for (var row = 0; row < batch.Count; row++)
            writer.WriteCount(batch.Id(row) + 1);
        WriteTimes(writer, batch);
        WriteCells(writer, batch.Prediction, batch.Count);
        WriteCells(writer, batch.Score, batch.Count);
        WriteCells(writer, batch.Label, batch.Count);
        WriteColumns(writer, batch.Features, batch.Count);
        WriteColumns(writer, batch.Segments, batch.Count);
        WriteColumns(writer, batch.ClassScores, batch.Count);
        if (withServing)
        {
            WriteCells(writer, serving.Adapter, batch.Count);
            WriteCells(writer, serving.LatencyMs, batch.Count);
            WriteCells(writer, serving.PromptTokens, batch.Count);
            WriteCells(writer, serving.CompletionTokens, batch.Count);
            WriteCells(writer, serving.Cache, batch.Count);
        }

        writer.WriteChecksum(0);
        return writer.ToArray();
    }

    /// <summary>
    /// Appends the encoded rows to those of <paramref name="target"/>: columns meet by name, texts by their bytes. Nothing is
    /// appended unless all of the bytes are sound.
    /// </summary>
    /// <exception cref="CodecException">The bytes are damaged, of another kind, or of a newer version.</exception>
    public static void DecodeInto(ReadOnlySpan<byte> bytes, RowBatch target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var reader = ByteReader.Open(bytes, Kind, Version2, What, out var version);

        // Once to check, once to append: the reader is copied.
        new Decoder(reader, null).Read(version);
        new Decoder(reader, target).Read(version);
    }

    private static void WriteTimes(ByteWriter writer, RowBatch batch)
    {
        var any = false;
        for (var row = 0; row < batch.Count && !any; row++)
            any = batch.Time(row) != 0;
        writer.WriteByte(any ? (byte)1 : (byte)0);
        var previous = 0L;
        for (var row = 0; row < batch.Count && any; row++)
        {
            writer.WriteSigned(unchecked(batch.Time(row) - previous));
            previous = batch.Time(row);
        }
    }

    private static void WriteColumns(ByteWriter writer, IReadOnlyList<Cells> columns, int rows)
    {
        writer.WriteCount(columns.Count);
        foreach (var column in columns)
        {
            writer.WriteBytes(column.Utf8Name);
            WriteCells(writer, column, rows);
        }
    }

    private static void WriteCells(ByteWriter writer, Cells cells, int rows)
    {
        Span<int> counts = stackalloc int[Tags];
        counts.Clear();
        for (var row = 0; row < rows; row++)
            counts[(int)cells.Tag(row)]++;
        var common = CommonTag(counts);
        writer.WriteByte((byte)common);
        writer.WriteByte(counts[(int)common] < rows ? (byte)1 : (byte)0);
        if (counts[(int)common] < rows)
        {
            var bits = new BitWriter(writer);
            for (var row = 0; row < rows; row++)
                bits.Write(cells.Tag(row) != common);
            bits.End();
            for (var row = 0; row < rows; row++)
            {
                if (cells.Tag(row) != common)
                    writer.WriteByte((byte)cells.Tag(row));
            }
        }

        if (counts[(int)CellTag.Number] > 0)
            WriteNumbers(writer, cells, rows);
        for (var row = 0; row < rows && counts[(int)CellTag.Text] > 0; row++)
        {
            if (cells.Tag(row) == CellTag.Text)
                writer.WriteCount(cells.Text(row) + 1);
        }

        if (counts[(int)CellTag.Boolean] > 0)
            WriteBooleans(writer, cells, rows);
        for (var row = 0; row < rows && counts[(int)CellTag.Vector] > 0; row++)
        {
            if (cells.Tag(row) != CellTag.Vector)
                continue;
            var vector = cells.Vector(row);
            writer.WriteCount(vector.Length);
            foreach (var value in vector)
                writer.WriteSingle(value);
        }
    }

    // Never Invalid, which has no bytes of its own: a column of nothing else would take memory for all rows from no bytes.
    private static CellTag CommonTag(ReadOnlySpan<int> counts)
    {
        var common = CellTag.Missing;
        for (var tag = CellTag.Number; tag < CellTag.Invalid; tag++)
        {
            if (counts[(int)tag] > counts[(int)common])
                common = tag;
        }

        return common;
    }

    private static void WriteNumbers(ByteWriter writer, Cells cells, int rows)
    {
        var withTexts = false;
        for (var row = 0; row < rows; row++)
        {
            if (cells.Tag(row) != CellTag.Number)
                continue;
            writer.WriteDouble(cells.Number(row));
            withTexts |= cells.Text(row) >= 0;
        }

        writer.WriteByte(withTexts ? (byte)1 : (byte)0);
        for (var row = 0; row < rows && withTexts; row++)
        {
            if (cells.Tag(row) == CellTag.Number)
                writer.WriteCount(cells.Text(row) + 1);
        }
    }

    private static void WriteBooleans(ByteWriter writer, Cells cells, int rows)
    {
        var bits = new BitWriter(writer);
        for (var row = 0; row < rows; row++)
        {
            if (cells.Tag(row) == CellTag.Boolean)
                bits.Write(cells.Number(row) != 0);
        }

        bits.End();
    }

    /// <summary>Eight bits a byte, lowest first.</summary>
    private ref struct BitWriter(ByteWriter writer)
    {
        private readonly ByteWriter _writer = writer;
        private int _bits;
        private int _used;

        public void Write(bool value)
        {
            _bits |= value ? 1 << _used : 0;
            if (++_used == 8)
                End();
        }

        public void End()
        {
            if (_used > 0)
                _writer.WriteByte((byte)_bits);
            _bits = _used = 0;
        }
    }

    /// <summary>Goes over the bytes once; without a target it only checks.</summary>
    private ref struct Decoder(ByteReader reader, RowBatch? target)
    {
        private readonly RowBatch? _target = target;
        private readonly int _first = target?.Count ?? 0;
        private ByteReader _reader = reader;
        private int[] _texts = [];
        private CellTag[] _tags = [];
        private float[] _vector = [];

        public void Read(byte version)
        {
            _texts = new int[_reader.ReadLength()];
            for (var text = 0; text < _texts.Length; text++)
            {
                var bytes = _reader.ReadBytes();
                _texts[text] = _target?.Texts.Add(bytes) ?? -1;
            }

            _tags = new CellTag[_reader.ReadLength()];
            for (var row = 0; row < _tags.Length; row++)
            {
                var id = ReadText(orNone: true);
                if (_target is not null)
                    _target.SetId(_target.AddRow(), id);
            }

            ReadTimes();
            ReadCells(_target?.Prediction);
            ReadCells(_target?.Score);
            ReadCells(_target?.Label);
            ReadColumns(ColumnKind.Feature);
            ReadColumns(ColumnKind.Segment);
            ReadColumns(ColumnKind.ClassScore);
            if (version >= Version2)
            {
                ReadCells(_target?.Serving.Adapter);
                ReadCells(_target?.Serving.LatencyMs);
                ReadCells(_target?.Serving.PromptTokens);
                ReadCells(_target?.Serving.CompletionTokens);
                ReadCells(_target?.Serving.Cache);
            }

            _reader.End();
        }

        private void ReadTimes()
        {
            if (_reader.ReadInt(1) == 0)
                return;
            var time = 0L;
            for (var row = 0; row < _tags.Length; row++)
            {
                time = unchecked(time + _reader.ReadSigned());
                if (time < 0 || time > DateTime.MaxValue.Ticks)
                    throw new CodecException($"{What}: the time of row {row} is outside years 1 to 9999.");
                _target?.SetTime(_first + row, time);
            }
        }

        private void ReadColumns(ColumnKind kind)
        {
            var names = new TextTable();
            for (var left = _reader.ReadLength(3); left > 0; left--)
            {
                var name = _reader.ReadBytes();
                var known = names.Count;
                if (names.Add(name) < known)
                    throw new CodecException($"{What}: a column stands there twice.");
                ReadCells(kind switch
                {
                    ColumnKind.Feature => _target?.Feature(name),
                    ColumnKind.Segment => _target?.Segment(name),
                    _ => _target?.ClassScore(name),
                });
            }
        }

        private void ReadCells(Cells? cells)
        {
            var common = (CellTag)_reader.ReadInt((int)CellTag.Vector);
            _tags.AsSpan().Fill(common);
            if (_reader.ReadInt(1) == 1)
                ReadExceptions();
            ReadNumbers(cells);
            for (var row = 0; row < _tags.Length; row++)
            {
                if (_tags[row] != CellTag.Text)
                    continue;
                var text = ReadText(orNone: false);
                cells?.SetText(_first + row, text);
            }

            ReadBooleans(cells);
            for (var row = 0; row < _tags.Length; row++)
            {
                if (_tags[row] == CellTag.Vector)
                    ReadVector(cells, row);
                else if (_tags[row] == CellTag.Invalid)
                    cells?.SetInvalid(_first + row);
            }
        }

        private void ReadExceptions()
        {
            var bits = _reader.ReadRaw((_tags.Length + 7) / 8);
            for (var row = 0; row < _tags.Length; row++)
            {
                if ((bits[row / 8] & (1 << (row % 8))) != 0)
                    _tags[row] = (CellTag)_reader.ReadInt((int)CellTag.Invalid);
            }
        }

        private void ReadNumbers(Cells? cells)
        {
            var count = Count(CellTag.Number);
            if (count == 0)
                return;
            if (count > _reader.Remaining / 8)
                throw new CodecException($"{What}: cut short, {count} numbers were expected and {_reader.Remaining} bytes are left.");
            var numbers = new ByteReader(_reader.ReadRaw(8 * count), What);
            var withTexts = _reader.ReadInt(1) == 1;
            for (var row = 0; row < _tags.Length; row++)
            {
                if (_tags[row] != CellTag.Number)
                    continue;
                var text = withTexts ? ReadText(orNone: true) : -1;
                cells?.SetNumber(_first + row, numbers.ReadDouble(), text);
            }
        }

        private void ReadBooleans(Cells? cells)
        {
            var bits = _reader.ReadRaw((Count(CellTag.Boolean) + 7) / 8);
            var at = 0;
            for (var row = 0; row < _tags.Length; row++)
            {
                if (_tags[row] != CellTag.Boolean)
                    continue;
                cells?.SetBoolean(_first + row, (bits[at / 8] & (1 << (at % 8))) != 0);
                at++;
            }
        }

        private void ReadVector(Cells? cells, int row)
        {
            var length = _reader.ReadLength(4);
            if (_vector.Length < length)
                _vector = new float[length];
            for (var i = 0; i < length; i++)
                _vector[i] = _reader.ReadSingle();
            cells?.SetVector(_first + row, _vector.AsSpan(0, length));
        }

        /// <summary>The target's number of a text; −1 for none.</summary>
        private int ReadText(bool orNone)
        {
            var text = _reader.ReadInt(_texts.Length) - 1;
            if (text >= 0)
                return _texts[text];
            return orNone ? -1 : throw new CodecException($"{What}: a text cell has no text.");
        }

        private readonly int Count(CellTag tag) => _tags.AsSpan().Count(tag);

        private enum ColumnKind
        {
            Feature,
            Segment,
            ClassScore,
        }
    }
}
