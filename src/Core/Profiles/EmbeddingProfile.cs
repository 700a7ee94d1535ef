using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>Sums of an embedding column: components, random Fourier features and their squares, all in fixed point of 2⁻²⁰.</summary>
public sealed class EmbeddingProfile : ColumnProfile
{
    private const double Units = 1 << 20;

    private readonly long[] _components;
    private readonly long[] _features;
    private readonly long[] _squares;
    private long _values;

    internal EmbeddingProfile(EmbeddingColumnPlan plan)
    {
        Plan = plan;
        _components = new long[plan.Dimensions];
        _features = new long[EmbeddingColumnPlan.FeatureCount];
        _squares = new long[EmbeddingColumnPlan.FeatureCount];
    }

    /// <summary>The plan that the vectors are counted under.</summary>
    public EmbeddingColumnPlan Plan { get; }

    /// <inheritdoc/>
    public override long Values => _values;

    /// <summary>Mean of component <paramref name="index"/>; 0 without vectors.</summary>
    public double Mean(int index) => _values == 0 ? 0 : _components[index] / Units / _values * Plan.MeanScale;

    /// <summary>Mean of random Fourier feature <paramref name="index"/>; 0 without vectors.</summary>
    public double FeatureMean(int index) => _values == 0 ? 0 : _features[index] / Units / _values;

    /// <summary>Variance of random Fourier feature <paramref name="index"/>, divisor n; 0 without vectors.</summary>
    public double FeatureVariance(int index) =>
        _values == 0 ? 0 : Math.Max(0, (_squares[index] / Units / _values) - Math.Pow(FeatureMean(index), 2));

    internal override void Add(RowBatch batch, Cells? cells, ReadOnlySpan<int> rows, bool consecutive)
    {
        if (cells is null)
        {
            CountMissing(Plan, rows.Length);
            return;
        }

        Span<double> features = stackalloc double[EmbeddingColumnPlan.FeatureCount];
        foreach (var row in rows)
        {
            if (cells.Tag(row) == CellTag.Missing)
                CountMissing(Plan, 1);
            else if (cells.Tag(row) != CellTag.Vector || cells.Vector(row).Length != Plan.Dimensions)
                Mismatched++;
            else if (!Measures.IsFinite(cells.Vector(row)))
                NonFinite++;
            else
                Add(cells.Vector(row), features);
        }
    }

    internal override void Merge(ColumnProfile other)
    {
        base.Merge(other);
        var embedding = (EmbeddingProfile)other;
        _values += embedding._values;
        AddSums(_components, embedding._components);
        AddSums(_features, embedding._features);
        AddSums(_squares, embedding._squares);
    }

    internal override void Clear()
    {
        base.Clear();
        _values = 0;
        Array.Clear(_components);
        Array.Clear(_features);
        Array.Clear(_squares);
    }

    internal override void Write(ByteWriter writer)
    {
        base.Write(writer);
        writer.WriteCount(_values);
        if (_values == 0)
            return;
        foreach (var sum in _components)
            writer.WriteSigned(sum);
        foreach (var sum in _features)
            writer.WriteSigned(sum);
        foreach (var sum in _squares)
            writer.WriteSigned(sum);
    }

    internal override void Read(ref ByteReader reader)
    {
        Clear();
        base.Read(ref reader);
        _values = ReadTally(ref reader);
        if (_values == 0)
            return;
        foreach (ref var sum in _components.AsSpan())
            sum = reader.ReadSigned();
        foreach (ref var sum in _features.AsSpan())
            sum = reader.ReadSigned();
        foreach (ref var sum in _squares.AsSpan())
            sum = reader.ReadSigned();
    }

    private void Add(ReadOnlySpan<float> vector, Span<double> features)
    {
        _values++;
        for (var i = 0; i < vector.Length; i++)
        {
            var component = (long)Math.Round(Math.Clamp(vector[i] / Plan.MeanScale, -NumericScale.Reach, NumericScale.Reach) * Units);
            _components[i] = Saturate(_components[i], component);
        }

        Plan.Transform(vector, features);
        for (var i = 0; i < features.Length; i++)
        {
            _features[i] = Saturate(_features[i], (long)Math.Round(features[i] * Units));
            _squares[i] = Saturate(_squares[i], (long)Math.Round(features[i] * features[i] * Units));
        }
    }

    private static void AddSums(Span<long> target, ReadOnlySpan<long> source)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = Saturate(target[i], source[i]);
    }
}
