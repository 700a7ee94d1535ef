using MathNet.Numerics.Distributions;
using Library = MathNet.Numerics.SpecialFunctions;

namespace Drift.Core.Statistics;

/// <summary>The few special functions that p-values need: MathNet's, with the edges of their domains decided here.</summary>
/// <remarks>
/// Relative error against high-precision references, tails down to 1e-300 included: below 1e-12 for shapes up to 1 000 (2 000 degrees of
/// freedom), below 3e-11 up to 10 000. See docs/decisions/002-special-functions.md. Values under about 1e-308 become 0. Nothing here
/// returns NaN.
/// </remarks>
public static class SpecialFunctions
{
    /// <summary>ln Γ(x) for x &gt; 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not a positive finite number.</exception>
    public static double LogGamma(double x)
    {
        RequirePositiveFinite(x, nameof(x));
        return Library.GammaLn(x);
    }

    /// <summary>
    /// Regularized upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a), in [0, 1]. x at or below 0 gives 1, x = +∞ gives 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="a"/> is not a positive finite number, or <paramref name="x"/> is
    /// NaN.</exception>
    public static double GammaUpperRegularized(double a, double x)
    {
        RequirePositiveFinite(a, nameof(a));
        RequireNumber(x, nameof(x));
        if (x <= 0)
        {
            return 1;
        }

        return double.IsPositiveInfinity(x) ? 0 : Math.Clamp(Library.GammaUpperRegularized(a, x), 0, 1);
    }

    /// <summary>P(χ² ≥ x) with <paramref name="degreesOfFreedom"/> degrees of freedom. x at or below 0 gives 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive, or <paramref name="x"/> is NaN.</exception>
    public static double ChiSquareUpperTail(double x, double degreesOfFreedom) => GammaUpperRegularized(degreesOfFreedom / 2, x / 2);

    /// <summary>P(Z ≥ z) of a standard normal Z.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="z"/> is NaN.</exception>
    public static double NormalUpperTail(double z)
    {
        RequireNumber(z, nameof(z));
        return Library.Erfc(z / Math.Sqrt(2)) / 2;
    }

    /// <summary>The z with P(Z ≤ z) = <paramref name="probability"/>; 0 gives −∞, 1 gives +∞.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside [0, 1] or NaN.</exception>
    public static double NormalQuantile(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability must lie in [0, 1].");
        }

        return Normal.InvCDF(0, 1, probability);
    }

    private static void RequirePositiveFinite(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be positive and finite.");
        }
    }

    private static void RequireNumber(double value, string name)
    {
        if (double.IsNaN(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be a number.");
        }
    }
}
