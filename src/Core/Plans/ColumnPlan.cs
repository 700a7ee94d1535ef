using Drift.Core.Rows;

namespace Drift.Core.Plans;

/// <summary>What a column is to its model.</summary>
public enum ColumnRole : byte
{
    /// <summary>An input.</summary>
    Feature = 0,

    /// <summary>The output.</summary>
    Prediction = 1,

    /// <summary>A score beside the output.</summary>
    Score = 2,

    /// <summary>Ground truth.</summary>
    Label = 3,
}

/// <summary>The type of a column.</summary>
public enum ColumnType : byte
{
    /// <summary>Numbers.</summary>
    Numeric = 0,

    /// <summary>Names of categories.</summary>
    Categorical = 1,

    /// <summary>Free text, watched through its length, tokens and share of non-ASCII.</summary>
    Text = 2,

    /// <summary>Vectors, watched through their norm, mean and random Fourier features.</summary>
    Embedding = 3,
}

/// <summary>Which number of a source cell a numeric column counts.</summary>
public enum Measure : byte
{
    /// <summary>The value itself.</summary>
    Value = 0,

    /// <summary>Length of a text in characters (UTF-16 code units).</summary>
    TextLength = 1,

    /// <summary>Number of whitespace-separated tokens of a text.</summary>
    TextTokens = 2,

    /// <summary>Share of a text's characters outside ASCII, 0 to 1.</summary>
    TextNonAscii = 3,

    /// <summary>Euclidean norm of a vector.</summary>
    VectorNorm = 4,
}

/// <summary>How one column is counted: fixed by the reference, immutable, the same on every node.</summary>
public abstract class ColumnPlan
{
    private protected ColumnPlan(string name, ColumnRole role, ColumnType type, string source)
    {
        Name = name;
        Role = role;
        Type = type;
        Source = source;
    }

    /// <summary>The name in verdicts; differs from <see cref="Source"/> for the parts of a text or embedding (<c>comment.length</c>).</summary>
    public string Name { get; }

    /// <summary>What the column is to its model.</summary>
    public ColumnRole Role { get; }

    /// <summary>The declared or inferred type of the source column.</summary>
    public ColumnType Type { get; }

    /// <summary>The name in rows.</summary>
    public string Source { get; }

    /// <summary>The column of a batch that this plan reads, or null when no row names it.</summary>
    public Cells? Find(RowBatch batch) => Role switch
    {
        ColumnRole.Feature => batch.FindFeature(Source),
        ColumnRole.Prediction => batch.Prediction,
        ColumnRole.Label => batch.Label,
        _ => Source.Length == 0 ? batch.Score : batch.FindClassScore(Source),
    };
}

/// <summary>A numeric column: fine bins at the reference's percentiles or distinct values, coarse bins as exact merges of them.</summary>
public sealed class NumericColumnPlan : ColumnPlan
{
    private readonly EdgeIndex _index;

    internal NumericColumnPlan(
        string name, ColumnRole role, ColumnType type, string source, Measure measure, NumericScale scale, double[] edges, int[] decileOf, int[] autoOf)
        : base(name, role, type, source)
    {
        Measure = measure;
        Scale = scale;
        Edges = edges;
        DecileOf = decileOf;
        AutoOf = autoOf;
        _index = new EdgeIndex(edges);
    }

    /// <summary>Which number of the source cell is counted.</summary>
    public Measure Measure { get; }

    /// <summary>Centre, spread, range and fences of the reference.</summary>
    public NumericScale Scale { get; }

    /// <summary>The inner fine edges, strictly ascending; bin of x = number of edges ≤ x, so there is one more bin than edges.</summary>
    public IReadOnlyList<double> InnerEdges => Edges;

    /// <summary>Number of fine bins.</summary>
    public int Bins => Edges.Length + 1;

    /// <summary>The fine edges without copying.</summary>
    internal double[] Edges { get; }

    /// <summary>Coarse bin of each fine bin under <c>bins: quantile</c>; ascending from 0 without gaps.</summary>
    internal int[] DecileOf { get; }

    /// <summary>Coarse bin of each fine bin under <c>bins: auto</c>; ascending from 0 without gaps.</summary>
    internal int[] AutoOf { get; }

    /// <summary>The fine bin of a finite or infinite value (not NaN).</summary>
    public int BinOf(double value) => _index.BinOf(value);
}

/// <summary>What a numeric column's reference fixes beside its edges.</summary>
/// <param name="Count">Finite reference values.</param>
/// <param name="Center">Their mean; 0 without any.</param>
/// <param name="Sigma">Their standard deviation with divisor n; 0 for a constant.</param>
/// <param name="Minimum">Their minimum; 0 without any.</param>
/// <param name="Maximum">Their maximum; 0 without any.</param>
/// <param name="LowFence">Q1 − 3·IQR: below is an outlier.</param>
/// <param name="HighFence">Q3 + 3·IQR: above is an outlier.</param>
public readonly record struct NumericScale(
    long Count, double Center, double Sigma, double Minimum, double Maximum, double LowFence, double HighFence)
{
    /// <summary>Resolution of the fixed-point moments: this many units to one <see cref="Spread"/>.</summary>
    public const double UnitsPerSpread = 1 << 20;

    /// <summary>The largest deviation kept exactly, in spreads; values farther from the centre enter sums at this distance.</summary>
    public const double Reach = 1 << 16;

    /// <summary>The length that deviations are measured in: sigma, or the size of the centre for a constant column, never 0.</summary>
    public double Spread => Sigma > 0 ? Sigma : Math.Max(Math.Abs(Center), 1) * 1e-3;

    /// <summary>
    /// A value's deviation from the centre as an integer. Integers add exactly in any order, so the sums of merged profiles do not
    /// depend on how they were merged; the price is a resolution of 2⁻²⁰ spreads.
    /// </summary>
    public long ToFixed(double value) =>
        (long)Math.Round(Math.Clamp((value - Center) / Spread, -Reach, Reach) * UnitsPerSpread);

    /// <summary>The deviation that an integer of <see cref="ToFixed"/>, or a mean of them, stands for.</summary>
    public double FromFixed(double units) => units / UnitsPerSpread * Spread;
}

/// <summary>A categorical column: the reference's most frequent values by name, the rest of the reference as one, the unseen as one.</summary>
public sealed class CategoricalColumnPlan : ColumnPlan
{
    private readonly Dictionary<string, int> _codes;
    private readonly HashSet<ulong> _tail;

    internal CategoricalColumnPlan(string name, ColumnRole role, string source, string[] categories, ulong[] tail)
        : base(name, role, ColumnType.Categorical, source)
    {
        Categories = categories;
        Tail = tail;
        _codes = new Dictionary<string, int>(categories.Length, StringComparer.Ordinal);
        foreach (var category in categories)
            _codes.Add(category, _codes.Count);
        _tail = [.. tail];
    }

    /// <summary>The named categories, most frequent first.</summary>
    public IReadOnlyList<string> Names => Categories;

    /// <summary>Code of reference values that are not named.</summary>
    public int Other => Categories.Length;

    /// <summary>Code of values that the reference never had.</summary>
    public int Unseen => Categories.Length + 1;

    /// <summary>Number of codes: the named ones, other, unseen.</summary>
    public int Bins => Categories.Length + 2;

    /// <summary>The names without copying.</summary>
    internal string[] Categories { get; }

    /// <summary>Stable hashes of the reference values behind <see cref="Other"/>, ascending.</summary>
    internal ulong[] Tail { get; }

    /// <summary>The code of a value. Behind a tail that is full (<see cref="PlanBuilder.MaxTail"/>) nothing can be told from unseen, so all counts as other.</summary>
    public int CodeOf(string value)
    {
        if (_codes.TryGetValue(value, out var code))
            return code;
        return _tail.Count >= PlanBuilder.MaxTail || (_tail.Count > 0 && _tail.Contains(StableHash.Compute(value))) ? Other : Unseen;
    }
}

/// <summary>An embedding column: mean vector and random Fourier features of a Gaussian kernel (Rahimi and Recht 2007).</summary>
public sealed class EmbeddingColumnPlan : ColumnPlan
{
    /// <summary>The longest vector that is accepted.</summary>
    public const int MaxDimensions = 8192;

    /// <summary>Number of random Fourier features.</summary>
    public const int FeatureCount = 64;

    private readonly float[] _frequencies;
    private readonly float[] _phases;

    internal EmbeddingColumnPlan(string name, ColumnRole role, string source, int dimensions, double bandwidth, double meanScale)
        : base(name, role, ColumnType.Embedding, source)
    {
        Dimensions = dimensions;
        Bandwidth = bandwidth;
        MeanScale = meanScale;
        var random = new Gaussian(0x0D21F7 + (ulong)dimensions);
        _frequencies = new float[FeatureCount * dimensions];
        _phases = new float[FeatureCount];
        for (var i = 0; i < _frequencies.Length; i++)
            _frequencies[i] = (float)(random.Next() / bandwidth);
        for (var i = 0; i < FeatureCount; i++)
            _phases[i] = (float)(2 * Math.PI * random.Uniform());
    }

    /// <summary>Length of the vectors; vectors of another length are type mismatches.</summary>
    public int Dimensions { get; }

    /// <summary>Bandwidth of the Gaussian kernel: the median distance between reference vectors.</summary>
    public double Bandwidth { get; }

    /// <summary>The length that components are measured in for fixed-point sums.</summary>
    public double MeanScale { get; }

    /// <summary>The features √2·cos(ω·x + b) of a vector, each between −√2 and √2; <paramref name="features"/> has <see cref="FeatureCount"/> places.</summary>
    public void Transform(ReadOnlySpan<float> vector, Span<double> features)
    {
        for (var i = 0; i < FeatureCount; i++)
        {
            var frequency = _frequencies.AsSpan(i * Dimensions, Dimensions);
            var product = 0.0;
            for (var k = 0; k < frequency.Length; k++)
                product += (double)vector[k] * frequency[k];
            features[i] = Math.Sqrt(2) * Math.Cos(product + _phases[i]);
        }
    }

    /// <summary>SplitMix64 and Box–Muller: the same numbers in every process, which System.Random does not promise across releases.</summary>
    private struct Gaussian(ulong state)
    {
        private ulong _state = state;

        public double Uniform()
        {
            unchecked
            {
                _state += 0x9e3779b97f4a7c15;
                var z = _state;
                z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
                z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
            }
        }

        public double Next() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());
    }
}
