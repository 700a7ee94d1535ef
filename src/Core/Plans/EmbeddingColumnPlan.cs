namespace Drift.Core.Plans;

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
        // Held to finite singles: vectors that differ by 10⁻⁴⁰ would else have infinite frequencies, and 0 · ∞ is no feature.
        for (var i = 0; i < _frequencies.Length; i++)
            _frequencies[i] = (float)Math.Clamp(random.Next() / bandwidth, -float.MaxValue, float.MaxValue);
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
