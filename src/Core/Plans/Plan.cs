using System.Buffers.Binary;
using Drift.Core.Codec;
using Drift.Core.Settings;

namespace Drift.Core.Plans;

/// <summary>
/// A model's schema with the bins and dictionaries that its reference fixed; versioned. Immutable and shared freely: every node
/// that holds version n of a model's plan counts a row the same way, so their profiles merge.
/// </summary>
public sealed class Plan
{
    private const byte Kind = (byte)'P';
    private const byte Version1 = 1;

    // The encoding is as large as the edges and rarely asked for, so it is made each time; its checksum is asked for with every delta.
    private long _fingerprint = -1;

    internal Plan(int version, ModelTask task, string? positive, IReadOnlyList<string> segments, IReadOnlyList<ColumnPlan> columns)
    {
        Version = version;
        Task = task;
        Positive = positive;
        Segments = segments;
        Columns = columns;
    }

    /// <summary>The version, 1 for a model's first plan.</summary>
    public int Version { get; }

    /// <summary>What the model does.</summary>
    public ModelTask Task { get; }

    /// <summary>The positive class of a binary task.</summary>
    public string? Positive { get; }

    /// <summary>The columns that slice.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>The columns that are counted, in a fixed order.</summary>
    public IReadOnlyList<ColumnPlan> Columns { get; }

    /// <summary>
    /// CRC-32C of the encoded plan, the one at its end. A delta carries it beside the version, because a model that was deleted and created again
    /// counts its versions from 1 again.
    /// </summary>
    public uint Fingerprint
    {
        get
        {
            if (_fingerprint < 0)
                _fingerprint = FingerprintOf(Encode());
            return (uint)_fingerprint;
        }
    }

    /// <summary>The column of that name: a feature first, else the prediction, score or label of that name, else null.</summary>
    public ColumnPlan? Find(string name) =>
        Columns.FirstOrDefault(c => c.Name == name && c.Role == ColumnRole.Feature) ?? Columns.FirstOrDefault(c => c.Name == name);

    /// <summary>The same plan under another version, for a model that takes over another's reference.</summary>
    public Plan WithVersion(int version) => new(version, Task, Positive, Segments, Columns);

    /// <summary>
    /// Lets go of what only binning values needs, several times the size of the plan; the next value that is binned brings it back.
    /// May be called while others use the plan.
    /// </summary>
    public void Rest()
    {
        foreach (var column in Columns)
            (column as NumericColumnPlan)?.Rest();
    }

    /// <summary>The encoded plan.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter(4096);
        writer.WriteByte(Kind);
        writer.WriteByte(Version1);
        writer.WriteVarint((ulong)Version);
        writer.WriteByte((byte)Task);
        writer.WriteByte(Positive is null ? (byte)0 : (byte)1);
        if (Positive is not null)
            writer.WriteString(Positive);
        writer.WriteVarint((ulong)Segments.Count);
        foreach (var segment in Segments)
            writer.WriteString(segment);
        writer.WriteVarint((ulong)Columns.Count);
        foreach (var column in Columns)
            WriteColumn(writer, column);
        writer.WriteChecksum(0);
        return writer.ToArray();
    }

    /// <summary>Whether these bytes encode this plan, by version and <see cref="Fingerprint"/>, as a delta is checked.</summary>
    public bool IsEncodedAs(int version, ReadOnlySpan<byte> encoded) => version == Version && encoded.Length >= 4 && FingerprintOf(encoded) == Fingerprint;

    /// <summary>Decodes a plan.</summary>
    /// <exception cref="CodecException">The bytes are damaged or of a newer version.</exception>
    public static Plan Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = ByteReader.Open(bytes, Kind, Version1, "plan", out _);
        var version = reader.ReadInt(int.MaxValue);
        var task = (ModelTask)reader.ReadInt((int)ModelTask.Regression);
        var positive = reader.ReadInt(1) == 1 ? reader.ReadString() : null;
        var segments = new string[reader.ReadLength()];
        for (var i = 0; i < segments.Length; i++)
            segments[i] = reader.ReadString();
        var columns = new List<ColumnPlan>();
        for (var left = reader.ReadLength(4); left > 0; left--)
            columns.Add(ReadColumn(ref reader));
        reader.End();
        return new Plan(version, task, positive, segments, columns) { _fingerprint = FingerprintOf(bytes) };
    }

    private static uint FingerprintOf(ReadOnlySpan<byte> encoded) => BinaryPrimitives.ReadUInt32LittleEndian(encoded[^4..]);

    private static void WriteColumn(ByteWriter writer, ColumnPlan column)
    {
        writer.WriteString(column.Name);
        writer.WriteString(column.Source);
        writer.WriteByte((byte)column.Role);
        writer.WriteByte((byte)column.Type);
        switch (column)
        {
            case NumericColumnPlan numeric:
                writer.WriteByte(0);
                writer.WriteByte((byte)numeric.Measure);
                var scale = numeric.Scale;
                writer.WriteCount(scale.Count);
                writer.WriteDouble(scale.Center);
                writer.WriteDouble(scale.Sigma);
                writer.WriteDouble(scale.Minimum);
                writer.WriteDouble(scale.Maximum);
                writer.WriteDouble(scale.LowFence);
                writer.WriteDouble(scale.HighFence);
                writer.WriteVarint((ulong)numeric.Edges.Length);
                foreach (var edge in numeric.Edges)
                    writer.WriteDouble(edge);
                WriteSteps(writer, numeric.DecileOf);
                WriteSteps(writer, numeric.AutoOf);
                break;
            case CategoricalColumnPlan categorical:
                writer.WriteByte(1);
                writer.WriteVarint((ulong)categorical.Categories.Length);
                foreach (var category in categorical.Categories)
                    writer.WriteString(category);
                writer.WriteVarint((ulong)categorical.Tail.Length);
                foreach (var hash in categorical.Tail)
                    writer.WriteDouble(BitConverter.UInt64BitsToDouble(hash));
                break;
            case EmbeddingColumnPlan embedding:
                writer.WriteByte(2);
                writer.WriteVarint((ulong)embedding.Dimensions);
                writer.WriteDouble(embedding.Bandwidth);
                writer.WriteDouble(embedding.MeanScale);
                break;
            default:
                throw new InvalidOperationException($"Column plan {column.GetType().Name} has no encoding.");
        }
    }

    private static ColumnPlan ReadColumn(ref ByteReader reader)
    {
        var name = reader.ReadString();
        var source = reader.ReadString();
        var role = (ColumnRole)reader.ReadInt((int)ColumnRole.Label);
        var type = (ColumnType)reader.ReadInt((int)ColumnType.Embedding);
        switch (reader.ReadInt(2))
        {
            case 0:
                var measure = (Measure)reader.ReadInt((int)Measure.VectorNorm);
                var scale = new NumericScale(
                    reader.ReadCount(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadDouble(), reader.ReadDouble());
                if (scale.Sigma < 0 || double.IsNaN(scale.LowFence) || double.IsNaN(scale.HighFence))
                    throw new CodecException($"plan: column '{name}' has a scale that no reference can have.");
                var edges = new double[reader.ReadLength(8)];
                for (var i = 0; i < edges.Length; i++)
                {
                    edges[i] = reader.ReadFinite();
                    if (i > 0 && edges[i] <= edges[i - 1])
                        throw new CodecException($"plan: the edges of column '{name}' do not ascend.");
                }

                return new NumericColumnPlan(name, role, type, source, measure, scale, edges, ReadSteps(ref reader, edges.Length + 1), ReadSteps(ref reader, edges.Length + 1));
            case 1:
                var categories = new string[reader.ReadLength()];
                for (var i = 0; i < categories.Length; i++)
                    categories[i] = reader.ReadString();
                if (categories.Distinct(StringComparer.Ordinal).Count() != categories.Length)
                    throw new CodecException($"plan: column '{name}' names a category twice.");
                var tail = new ulong[reader.ReadLength(8)];
                for (var i = 0; i < tail.Length; i++)
                    tail[i] = BitConverter.DoubleToUInt64Bits(reader.ReadDouble());
                return new CategoricalColumnPlan(name, role, source, categories, tail);
            default:
                var dimensions = reader.ReadInt(EmbeddingColumnPlan.MaxDimensions);
                var bandwidth = reader.ReadFinite();
                var meanScale = reader.ReadFinite();
                if (dimensions == 0 || bandwidth <= 0 || meanScale <= 0)
                    throw new CodecException($"plan: column '{name}' has an embedding of {dimensions} dimensions, bandwidth {bandwidth}, scale {meanScale}.");
                return new EmbeddingColumnPlan(name, role, source, dimensions, bandwidth, meanScale);
        }
    }

    // A mapping of fine to coarse bins only ever stays or steps up by one: one bit of information, written as a byte.
    private static void WriteSteps(ByteWriter writer, ushort[] coarseOf)
    {
        for (var i = 1; i < coarseOf.Length; i++)
            writer.WriteByte((byte)(coarseOf[i] - coarseOf[i - 1]));
    }

    private static int[] ReadSteps(ref ByteReader reader, int bins)
    {
        var coarseOf = new int[bins];
        for (var i = 1; i < bins; i++)
            coarseOf[i] = coarseOf[i - 1] + reader.ReadInt(1);
        return coarseOf;
    }
}
