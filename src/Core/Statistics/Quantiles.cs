namespace Drift.Core.Statistics;

/// <summary>Sample quantiles by linear interpolation, bit for bit those of <c>numpy.quantile</c>.</summary>
public static class Quantiles
{
    /// <summary>The quantile <paramref name="q"/> of values in ascending order.</summary>
    /// <remarks>
    /// Definition 7 of R. J. Hyndman and Y. Fan, <i>Sample quantiles in statistical packages</i> (1996). The interpolation starts from
    /// the nearer of the two neighbours, as numpy's does, so that edges agree to the last bit with those of Python tools. numpy's grid of
    /// deciles is k·0.1, not k/10.
    /// </remarks>
    /// <param name="sorted">Finite values in ascending order, at least one.</param>
    /// <param name="q">In [0, 1].</param>
    /// <exception cref="ArgumentException">There is no value, or <paramref name="q"/> is outside [0, 1].</exception>
    public static double Linear(ReadOnlySpan<double> sorted, double q)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("A quantile needs at least one value.", nameof(sorted));
        }

        if (!(q >= 0 && q <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "A quantile's probability must lie in [0, 1].");
        }

        var virtualIndex = q * (sorted.Length - 1);
        var index = (int)virtualIndex;
        if (index >= sorted.Length - 1)
        {
            return sorted[^1];
        }

        var below = sorted[index];
        var above = sorted[index + 1];
        var t = virtualIndex - index;
        var gap = above - below;
        if (double.IsInfinity(gap))
        {
            // Neighbours further apart than the largest double.
            return (below * (1 - t)) + (above * t);
        }

        return t >= 0.5 ? above - (gap * (1 - t)) : below + (gap * t);
    }
}
