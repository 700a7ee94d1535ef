using System.Runtime.CompilerServices;

namespace Drift.Core.Plans;

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
    public long ToFixed(double value) => UnitsOf(value, Center, Spread);

    /// <summary><see cref="ToFixed"/> of a finite value for a loop that holds centre and spread in locals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long UnitsOf(double value, double center, double spread)
    {
        var spreads = (value - center) / spread;
        if (spreads > Reach)
            spreads = Reach;
        else if (spreads < -Reach)
            spreads = -Reach;
        return double.ConvertToIntegerNative<long>(Math.Round(spreads * UnitsPerSpread));
    }

    /// <summary>The deviation that an integer of <see cref="ToFixed"/>, or a mean of them, stands for.</summary>
    public double FromFixed(double units) => units / UnitsPerSpread * Spread;
}
