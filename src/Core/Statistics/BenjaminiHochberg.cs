using System.Buffers;

namespace Drift.Core.Statistics;

/// <summary>
/// Benjamini–Hochberg step-up adjustment: rejecting where the adjusted p-value is at most α keeps the expected share of false discoveries
/// at most α.
/// </summary>
/// <remarks>
/// <para>Source: Y. Benjamini and Y. Hochberg, <i>Controlling the false discovery rate</i> (1995). With the p-values in ascending order,
/// adjusted(i) = min over j ≥ i of min(1, p(j)·k/j). Holds for independent and for positively dependent tests, which the columns of one
/// table usually are.</para>
/// <para>Edge cases: no values is fine; NaN and values outside [0, 1] are refused, since a silent 1 would hide a broken test. Adjusted
/// values keep the order of the inputs and are never below them. Cost: a sort; no allocation up to 256 values, a pooled array
/// above.</para>
/// </remarks>
public static class BenjaminiHochberg
{
    private const int StackLimit = 256;

    /// <summary>
    /// Writes the adjusted value of each p-value to the same position of <paramref name="adjusted"/>, which may be the same memory.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ, or a p-value is NaN or outside [0, 1].</exception>
    public static void Adjust(ReadOnlySpan<double> pValues, Span<double> adjusted)
    {
        if (pValues.Length != adjusted.Length)
        {
            throw new ArgumentException($"{pValues.Length} p-values need as many places for the result, not {adjusted.Length}.", nameof(adjusted));
        }

        PValues.Require(pValues);
        var count = pValues.Length;
        if (count <= StackLimit)
        {
            Adjust(pValues, adjusted, stackalloc double[count], stackalloc int[count]);
            return;
        }

        var sorted = ArrayPool<double>.Shared.Rent(count);
        var positions = ArrayPool<int>.Shared.Rent(count);
        try
        {
            Adjust(pValues, adjusted, sorted.AsSpan(0, count), positions.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(sorted);
            ArrayPool<int>.Shared.Return(positions);
        }
    }

    private static void Adjust(ReadOnlySpan<double> pValues, Span<double> adjusted, Span<double> sorted, Span<int> positions)
    {
        pValues.CopyTo(sorted);
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = i;
        }

        sorted.Sort(positions);
        var smallest = 1.0;
        for (var rank = sorted.Length; rank > 0; rank--)
        {
            // The quotient first and at least 1: rounding must not bring the result below p.
            smallest = Math.Min(smallest, sorted[rank - 1] * ((double)sorted.Length / rank));
            adjusted[positions[rank - 1]] = smallest;
        }
    }
}
