namespace Drift.Simulation;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014) with the draws that the simulation needs: the same numbers in every process and release.</summary>
public sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += 0x9e3779b97f4a7c15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Exponential of mean 1.</summary>
    public double Exponential() => -Math.Log(1 - Uniform());

    /// <summary>Poisson of a small mean, by Knuth's product.</summary>
    public int Poisson(double mean)
    {
        var limit = Math.Exp(-mean);
        var product = Uniform();
        var count = 0;
        for (; product > limit; count++)
            product *= Uniform();
        return count;
    }

    /// <summary>Index of the first entry of an ascending distribution function that is above a uniform draw.</summary>
    public int Index(double[] cumulative)
    {
        var found = Array.BinarySearch(cumulative, Uniform());
        return Math.Min(found < 0 ? ~found : found + 1, cumulative.Length - 1);
    }
}
