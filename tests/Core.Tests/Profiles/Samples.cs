using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Profiles;

/// <summary>Batches with every kind of column and every kind of bad cell, from a seed.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    private static readonly double[] Numbers =
        [0, -0.0, 1, -1, 0.1, 1e-300, 1e300, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.Epsilon];

    /// <summary>A batch of <paramref name="rows"/> rows, each with its time.</summary>
    public static RowBatch Batch(Random random, int rows, ModelTask task)
    {
        var batch = new RowBatch();
        for (var i = 0; i < rows; i++)
        {
            var row = batch.AddRow();
            batch.SetTime(row, Now.UtcTicks - random.NextInt64(3 * TimeSpan.TicksPerDay));
            Number(batch, batch.Feature("number"), row, random);
            Category(batch, batch.Feature("category"), row, random, 12);
            Text(batch, batch.Feature("text"), row, random);
            Vector(batch.Feature("vector"), row, random);
            if (random.Next(3) > 0)
                batch.Segment("region").SetText(row, batch.Texts.Add($"r{random.Next(3)}"));
            if (task == ModelTask.Regression)
            {
                Number(batch, batch.Prediction, row, random);
                Number(batch, batch.Label, row, random);
            }
            else if (task != ModelTask.None)
            {
                var classes = task == ModelTask.Binary ? 2 : 5;
                Category(batch, batch.Prediction, row, random, classes);
                Category(batch, batch.Label, row, random, classes);
                Score(batch, batch.Score, row, random);
                for (var k = 0; k < classes && task == ModelTask.Multiclass && random.Next(4) > 0; k++)
                    Score(batch, batch.ClassScore($"c{k}"), row, random);
            }
        }

        return batch;
    }

    /// <summary>A plan learned from a batch of the same kind.</summary>
    public static Plan Plan(ModelTask task, int seed = 1)
    {
        var settings = new ModelSettings
        {
            Task = task,
            Positive = "c1",
            Segments = ["region"],
            Features = new Dictionary<string, FeatureSettings>
            {
                ["number"] = new() { Type = ColumnType.Numeric },
                ["category"] = new() { Type = ColumnType.Categorical },
                ["text"] = new() { Type = ColumnType.Text },
                ["vector"] = new() { Type = ColumnType.Embedding },
            },
        };
        return PlanBuilder.Build(1, Batch(new Random(seed), 300, task), settings);
    }

    public static byte[] Bytes(Profile profile)
    {
        var writer = new ByteWriter();
        profile.Write(writer);
        return writer.ToArray();
    }

    /// <summary>Adds rows in random parts and merges the parts in random order and grouping.</summary>
    public static T MergeAtRandom<T>(Random random, int rows, Func<T> create, Action<T, int[]> add, Action<T, T> merge)
    {
        var order = Enumerable.Range(0, rows).ToArray();
        random.Shuffle(order);
        var parts = new List<T> { create() };
        for (var start = 0; start < rows;)
        {
            var length = Math.Min(rows - start, random.Next(1, 20));
            var part = create();
            add(part, order[start..(start + length)]);
            parts.Add(part);
            start += length;
        }

        while (parts.Count > 1)
        {
            int target = random.Next(parts.Count), source = random.Next(parts.Count);
            if (target == source)
                continue;
            merge(parts[target], parts[source]);
            parts.RemoveAt(source);
        }

        return parts[0];
    }

    /// <summary>The bytes with one to four of them changed, cut off or put in.</summary>
    public static byte[] Mutate(Random random, byte[] bytes)
    {
        var mutated = bytes.ToList();
        for (var left = random.Next(1, 5); left > 0 && mutated.Count > 0; left--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(6))
            {
                case 0:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
                case 1:
                    mutated.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    // The longest integer: what overflows, overflows by this.
                    mutated.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, (byte)random.Next(256), 0x01]);
                    break;
                case 3:
                    mutated.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
                    break;
                case 4:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    mutated[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>Puts the right checksum in the last four bytes.</summary>
    public static byte[] Seal(byte[] bytes)
    {
        if (bytes.Length >= 4)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Checksum.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    private static void Number(RowBatch batch, Cells cells, int row, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                break;
            case 1:
                cells.SetText(row, batch.Texts.Add("no number"));
                break;
            case 2:
                cells.SetInvalid(row);
                break;
            case 3:
                cells.SetBoolean(row, random.Next(2) == 0);
                break;
            case 4:
                cells.SetNumber(row, Numbers[random.Next(Numbers.Length)]);
                break;
            default:
                cells.SetNumber(row, Math.Exp(6 * random.NextDouble()) - 50);
                break;
        }
    }

    private static void Category(RowBatch batch, Cells cells, int row, Random random, int classes)
    {
        switch (random.Next(12))
        {
            case 0:
                break;
            case 1:
                cells.SetInvalid(row);
                break;
            case 2:
                cells.SetNumber(row, Numbers[random.Next(Numbers.Length)]);
                break;
            case 3:
                cells.SetText(row, batch.Texts.Add($"rare {random.Next(10_000)}"));
                break;
            default:
                cells.SetText(row, batch.Texts.Add($"c{random.Next(classes)}"));
                break;
        }
    }

    private static void Text(RowBatch batch, Cells cells, int row, Random random)
    {
        if (random.Next(8) == 0)
            cells.SetNumber(row, 3);
        else if (random.Next(8) > 0)
            cells.SetText(row, batch.Texts.Add(string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(4) == 0 ? "é " : "word "))));
    }

    private static void Vector(Cells cells, int row, Random random)
    {
        switch (random.Next(16))
        {
            case 0:
                return;
            case 1:
                cells.SetInvalid(row);
                return;
        }

        var vector = Enumerable.Range(0, random.Next(8) == 0 ? 3 : 4).Select(_ => random.NextSingle() - 0.3f).ToArray();
        if (random.Next(8) == 0)
            vector[0] = random.Next(3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.MaxValue };
        cells.SetVector(row, vector);
    }

    private static void Score(RowBatch batch, Cells cells, int row, Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                break;
            case 1:
                Number(batch, cells, row, random);
                break;
            case 2:
                cells.SetNumber(row, random.Next(2));
                break;
            default:
                cells.SetNumber(row, random.NextDouble());
                break;
        }
    }
}
