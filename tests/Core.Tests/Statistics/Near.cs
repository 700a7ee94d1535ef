namespace Drift.Core.Tests.Statistics;

/// <summary>Comparisons that state their tolerance.</summary>
internal static class Near
{
    /// <summary>Within a relative tolerance; below <paramref name="floor"/> that tolerance of the floor is allowed.</summary>
    public static void Relative(double expected, double actual, double tolerance, double floor = 0) =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * Math.Max(Math.Abs(expected), floor),
            $"expected {expected:R}, got {actual:R}, relative difference {(actual / expected) - 1:E2}, allowed {tolerance:E0}");

    public static void Absolute(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance, $"expected {expected:R}, got {actual:R}, allowed ±{tolerance:E0}");
}
