namespace Drift.Core.Statistics;

/// <summary>The one check of p-values that come in as input.</summary>
internal static class PValues
{
    public static void Require(ReadOnlySpan<double> pValues)
    {
        foreach (var p in pValues)
        {
            if (!(p >= 0 && p <= 1))
            {
                throw new ArgumentException($"A p-value must lie in [0, 1], but one is {p}.", nameof(pValues));
            }
        }
    }
}
