using System.Buffers.Binary;
using Drift.Core.Codec;
using Drift.Core.Rows;

namespace Drift.Core.Tests.Rows;

public sealed class RowBatchCodecTests
{
    [Fact]
    public void A_batch_comes_back_bit_by_bit()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var batch = RandomBatch(seed);
            var copy = new RowBatch();
            RowBatchCodec.DecodeInto(RowBatchCodec.Encode(batch), copy);
            AssertSameRows(batch, 0, copy, 0, batch.Count);
            Assert.Equal(batch.Count, copy.Count);
            Assert.Equal(RowBatchCodec.Encode(batch), RowBatchCodec.Encode(copy));
        }
    }

    [Fact]
    public void Decoding_into_a_batch_with_rows_appends()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var first = RandomBatch(seed);
            var second = RandomBatch(1000 + seed);
            var both = new RowBatch();
            RowBatchCodec.DecodeInto(RowBatchCodec.Encode(first), both);
            RowBatchCodec.DecodeInto(RowBatchCodec.Encode(second), both);

            Assert.Equal(first.Count + second.Count, both.Count);
            AssertSameRows(first, 0, both, 0, first.Count);
            AssertSameRows(second, 0, both, first.Count, second.Count);
        }
    }

    [Fact]
    public void A_batch_can_be_appended_to_one_that_a_reader_filled_and_to_itself()
    {
        var batch = RandomBatch(7);
        var rows = batch.Count;
        RowBatchCodec.DecodeInto(RowBatchCodec.Encode(batch), batch);
        Assert.Equal(2 * rows, batch.Count);
        AssertSameRows(batch, 0, batch, rows, rows);
    }

    [Fact]
    public void An_empty_batch_comes_back_empty()
    {
        var copy = new RowBatch();
        RowBatchCodec.DecodeInto(RowBatchCodec.Encode(new RowBatch()), copy);
        Assert.Equal(0, copy.Count);
        Assert.Empty(copy.Features);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    [InlineData(-0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    public void A_special_number_keeps_its_bits(double value)
    {
        var batch = new RowBatch();
        var row = batch.AddRow();
        batch.Feature("x").SetNumber(row, value);
        batch.Score.SetNumber(row, value);
        var copy = new RowBatch();
        RowBatchCodec.DecodeInto(RowBatchCodec.Encode(batch), copy);
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(copy.FindFeature("x")!.Number(0)));
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(copy.Score.Number(0)));
    }

    [Fact]
    public void A_thousand_rows_of_ten_numbers_take_little_more_than_their_doubles()
    {
        var batch = new RowBatch();
        for (var i = 0; i < 1000; i++)
        {
            var row = batch.AddRow();
            for (var column = 0; column < 10; column++)
                batch.Feature($"f{column}").SetNumber(row, i * 0.1 + column);
        }

        Assert.InRange(RowBatchCodec.Encode(batch).Length, 80_000, 81_200);
    }

    [Fact]
    public void Ten_thousand_mutations_give_rows_or_a_codec_exception_and_a_refused_one_appends_nothing()
    {
        var random = new Random(20);
        var good = Enumerable.Range(0, 20).Select(seed => RowBatchCodec.Encode(RandomBatch(seed))).ToArray();
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Mutate(good[random.Next(good.Length)], random);
            var target = new RowBatch();
            target.SetId(target.AddRow(), target.Texts.Add("before"));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                RowBatchCodec.DecodeInto(bytes, target);
            }
            catch (CodecException)
            {
                refused++;
                Assert.Equal(1, target.Count);
                Assert.Equal(1, target.Texts.Count);
                Assert.Empty(target.Features);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000 + (500L * bytes.Length));
        }

        Assert.InRange(refused, 1000, 10_000);
    }

    [Fact]
    public void Damaged_bytes_another_kind_and_a_newer_version_are_told_apart()
    {
        var bytes = RowBatchCodec.Encode(RandomBatch(3));
        Assert.Contains("damaged", Refusal(With(bytes, bytes.Length / 2, (byte)(bytes[bytes.Length / 2] ^ 1))), StringComparison.Ordinal);
        Assert.Contains("something else", Refusal(With(bytes, 0, (byte)'D')), StringComparison.Ordinal);
        Assert.Contains("version 3 is unknown", Refusal(With(bytes, 1, 3)), StringComparison.Ordinal);
        Assert.Contains("too few", Refusal([]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_stands_there_twice_is_refused()
    {
        var writer = new ByteWriter();
        writer.WriteRaw([(byte)'R', 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        writer.WriteRaw([1, (byte)'a', 0, 0, 1, (byte)'a', 0, 0, 0, 0]);
        writer.WriteChecksum(0);
        Assert.Contains("twice", Refusal(writer.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_golden_bytes_of_version_1_are_still_read_and_still_written()
    {
        var golden = File.ReadAllBytes(GoldenFile());
        var batch = new RowBatch();
        RowBatchCodec.DecodeInto(golden, batch);
        AssertSameRows(GoldenBatch(), 0, batch, 0, GoldenBatch().Count);
        Assert.Equal(golden, RowBatchCodec.Encode(GoldenBatch()));
    }

    private static RowBatch GoldenBatch()
    {
        var batch = new RowBatch();
        var row = batch.AddRow();
        batch.SetId(row, batch.Texts.Add("p-1"));
        batch.SetTime(row, 639_000_000_000_000_000);
        batch.Feature("age").SetNumber(row, 41);
        batch.Feature("job").SetText(row, batch.Texts.Add("nurse"));
        batch.Feature("größe").SetNumber(row, -0.0, batch.Texts.Add("-0"));
        batch.Feature("embedding").SetVector(row, [1f, -2.5f, float.PositiveInfinity]);
        batch.Prediction.SetText(row, batch.Texts.Add("approve"));
        batch.Score.SetNumber(row, 0.83);
        batch.Label.SetBoolean(row, true);
        batch.Segment("region").SetText(row, batch.Texts.Add("eu"));
        batch.ClassScore("approve").SetNumber(row, 0.83);
        row = batch.AddRow();
        batch.Feature("age").SetNumber(row, double.PositiveInfinity);
        batch.Feature("job").SetInvalid(row);
        row = batch.AddRow();
        batch.SetTime(row, 1);
        batch.Feature("age").SetMissing(row);
        batch.Feature("vip").SetBoolean(row, false);
        return batch;
    }

    private static string GoldenFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.Drift.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Orleans.Drift.sln is in no folder above the tests.");
        return Path.Combine(folder.FullName, "tests", "Core.Tests", "Golden", "rows-v1.bin");
    }

    private static string Refusal(byte[] bytes) =>
        Assert.Throws<CodecException>(() => RowBatchCodec.DecodeInto(bytes, new RowBatch())).Message;

    private static byte[] With(byte[] bytes, int index, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[index] = value;
        return changed;
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var changed = bytes[..^4].ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(2, changed.Count);
            switch (random.Next(5))
            {
                case 0:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 2:
                    changed[at] = 0xFF;
                    break;
                case 3:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 20), changed.Count - at));
                    break;
                default:
                    changed.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 12)));
                    break;
            }

            if (changed.Count < 3)
                changed.Add(0);
        }

        var crc = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Checksum.Compute(changed.ToArray()));
        return [.. changed, .. crc];
    }

    private static RowBatch RandomBatch(int seed)
    {
        var random = new Random(seed);
        var batch = new RowBatch();
        var rows = random.Next(4) == 0 ? random.Next(3) : random.Next(200);
        var texts = random.Next(1, 50);
        var withIds = random.Next(2) == 0;
        var withTimes = random.Next(2) == 0;
        string[] names = ["age", "größe", "", "a.b", "\U0001F600", new string('x', 300)];
        for (var i = 0; i < rows; i++)
        {
            var row = batch.AddRow();
            if (withIds && random.Next(10) > 0)
                batch.SetId(row, batch.Texts.Add($"id-{seed}-{i}"));
            if (withTimes && random.Next(10) > 0)
                batch.SetTime(row, random.NextInt64(DateTime.MaxValue.Ticks));
            for (var column = 0; column < names.Length; column++)
                SetRandom(batch.Feature(names[column]), column);
            SetRandom(batch.Prediction, 5);
            SetRandom(batch.Label, 2);
            if (random.Next(2) == 0)
                SetRandom(batch.Score, 0);
            if (random.Next(2) == 0)
                SetRandom(batch.ClassScore("class " + random.Next(3)), 0);
            SetRandom(batch.Segment("region"), 1);

            void SetRandom(Cells cells, int kind)
            {
                switch (random.Next(3) > 0 ? kind : random.Next(8))
                {
                    case 0:
                        cells.SetNumber(row, BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
                        break;
                    case 1:
                        cells.SetText(row, batch.Texts.Add("text " + random.Next(texts)));
                        break;
                    case 2:
                        cells.SetBoolean(row, random.Next(2) == 0);
                        break;
                    case 3:
                        cells.SetVector(row, Enumerable.Range(0, random.Next(6)).Select(_ => random.NextSingle()).ToArray());
                        break;
                    case 4:
                        cells.SetNumber(row, random.Next(100), batch.Texts.Add("00" + random.Next(texts)));
                        break;
                    case 5:
                        cells.SetInvalid(row);
                        break;
                    case 6:
                        cells.SetMissing(row);
                        break;
                }
            }
        }

        return batch;
    }

    private static void AssertSameRows(RowBatch expected, int from, RowBatch actual, int at, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(Id(expected, from + i), Id(actual, at + i));
            Assert.Equal(expected.Time(from + i), actual.Time(at + i));
        }

        AssertSameCells(expected.Prediction, actual.Prediction);
        AssertSameCells(expected.Score, actual.Score);
        AssertSameCells(expected.Label, actual.Label);
        AssertSameCells(expected.Serving.Adapter, actual.Serving.Adapter);
        AssertSameCells(expected.Serving.LatencyMs, actual.Serving.LatencyMs);
        AssertSameCells(expected.Serving.PromptTokens, actual.Serving.PromptTokens);
        AssertSameCells(expected.Serving.CompletionTokens, actual.Serving.CompletionTokens);
        AssertSameCells(expected.Serving.Cache, actual.Serving.Cache);
        foreach (var column in expected.Features)
            AssertSameCells(column, actual.FindFeature(column.Name)!);
        foreach (var column in expected.Segments)
            AssertSameCells(column, actual.FindSegment(column.Name)!);
        foreach (var column in expected.ClassScores)
            AssertSameCells(column, actual.FindClassScore(column.Name)!);

        void AssertSameCells(Cells left, Cells right)
        {
            for (var i = 0; i < count; i++)
            {
                var (one, two) = (from + i, at + i);
                Assert.Equal(left.Tag(one), right.Tag(two));
                switch (left.Tag(one))
                {
                    case CellTag.Number or CellTag.Boolean:
                        Assert.Equal(BitConverter.DoubleToInt64Bits(left.Number(one)), BitConverter.DoubleToInt64Bits(right.Number(two)));
                        Assert.Equal(Text(expected, left.Text(one)), Text(actual, right.Text(two)));
                        break;
                    case CellTag.Text:
                        Assert.Equal(Text(expected, left.Text(one)), Text(actual, right.Text(two)));
                        break;
                    case CellTag.Vector:
                        Assert.Equal(left.Vector(one).ToArray(), right.Vector(two).ToArray());
                        break;
                }
            }
        }
    }

    private static string? Id(RowBatch batch, int row) => Text(batch, batch.Id(row));

    private static string? Text(RowBatch batch, int text) => text < 0 ? null : batch.Texts.GetString(text);
}
