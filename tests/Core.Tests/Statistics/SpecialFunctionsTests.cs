using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

/// <summary>Expected values: reference_values.py in this folder, 900-digit decimals.</summary>
public sealed class SpecialFunctionsTests
{
    // The error grows with a: 1.1e-13 up to a = 127.5 (256 bins), 1e-12 at 1 000, 2.5e-11 at 10 000.
    [Theory]
    [InlineData(0.5, 1e-10, 0.9999887162083294)]
    [InlineData(0.5, 0.05, 0.7518296340458492)]
    [InlineData(0.5, 1, 0.15729920705028513)]
    [InlineData(0.5, 350, 2.9902269751246203e-154)]
    [InlineData(0.5, 680, 1.0341991197827859e-297)]
    [InlineData(1, 700, 9.85967654375977e-305)]
    [InlineData(1.5, 0.001, 0.999976225946348)]
    [InlineData(4.5, 0.1, 0.9999994432502542)]
    [InlineData(4.5, 3, 0.7399182920946537)]
    [InlineData(4.5, 80, 7.426562801043744e-30)]
    [InlineData(4.5, 700, 7.730994243999156e-296)]
    [InlineData(9.5, 10, 0.3945781820860008)]
    [InlineData(50, 20, 0.9999999875410739)]
    [InlineData(50, 50, 0.48119168452795674)]
    [InlineData(50, 200, 1.6927979958857087e-37)]
    [InlineData(50, 880, 2.1940822493377954e-301)]
    [InlineData(127.5, 64, 0.9999999999981921)]
    [InlineData(127.5, 127, 0.5059053509639367)]
    [InlineData(127.5, 400, 1.5154857610291847e-57)]
    [InlineData(1000, 900, 0.9994500977342882)]
    [InlineData(1000, 1000, 0.4957947558197845)]
    [InlineData(1000, 1500, 2.204698611388996e-43)]
    [InlineData(1000, 2500, 2.6459820745442556e-256)]
    [InlineData(5000, 5000, 0.49811936596618267)]
    [InlineData(5000, 5500, 3.618329558096479e-12)]
    [InlineData(10000, 9900, 0.8413488078064354)]
    [InlineData(10000, 10000, 0.4986701916600448)]
    [InlineData(10000, 10100, 0.15865124955282037)]
    [InlineData(10000, 11000, 1.6928531496469328e-22)]
    [InlineData(10000, 13000, 4.712347177485643e-166)]
    public void Upper_incomplete_gamma_is_accurate_in_body_and_deep_tail(double a, double x, double expected)
    {
        var tolerance = a <= 127.5 ? 2e-13 : a <= 1000 ? 2e-12 : 5e-11;
        Near.Relative(expected, SpecialFunctions.GammaUpperRegularized(a, x), tolerance);
        Near.Relative(expected, SpecialFunctions.ChiSquareUpperTail(2 * x, 2 * a), tolerance);
    }

    [Theory]
    [InlineData(-10, 1.0)]
    [InlineData(-3, 0.9986501019683699)]
    [InlineData(-0.5, 0.6914624612740131)]
    [InlineData(0, 0.5)]
    [InlineData(0.001, 0.49960105778608893)]
    [InlineData(0.5, 0.3085375387259869)]
    [InlineData(1, 0.15865525393145705)]
    [InlineData(1.959963984540054, 0.025000000000000015)]
    [InlineData(3, 0.0013498980316300946)]
    [InlineData(5, 2.866515718791939e-07)]
    [InlineData(8, 6.220960574271784e-16)]
    [InlineData(12, 1.776482112077679e-33)]
    [InlineData(20, 2.7536241186062337e-89)]
    [InlineData(30, 4.906713927148187e-198)]
    [InlineData(37, 5.725571222524577e-300)]
    public void Normal_upper_tail_is_accurate_in_body_and_deep_tail(double z, double expected)
    {
        Near.Relative(expected, SpecialFunctions.NormalUpperTail(z), 2e-13);

        // The quantile inverts the lower tail; above 8 the complement is 1 to the last bit.
        if (z >= 0)
        {
            Near.Absolute(-z, SpecialFunctions.NormalQuantile(expected), 1e-13 * Math.Max(z, 1));
        }
    }

    [Theory]
    [InlineData(0.5, 0.5723649429247001)]
    [InlineData(1, 0.0)]
    [InlineData(1.5, -0.12078223763524522)]
    [InlineData(2, 0.0)]
    [InlineData(2.5, 0.2846828704729192)]
    [InlineData(3, 0.6931471805599453)]
    [InlineData(7.5, 7.534364236758733)]
    [InlineData(10, 12.801827480081469)]
    [InlineData(50.5, 146.51925549072064)]
    [InlineData(100, 359.1342053695754)]
    [InlineData(1000.5, 5908.674175848678)]
    [InlineData(10000, 82099.71749644238)]
    public void Log_gamma_is_accurate(double x, double expected) => Near.Relative(expected, SpecialFunctions.LogGamma(x), 5e-15, 1);

    [Theory]
    [InlineData(double.NegativeInfinity, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 1)]
    [InlineData(double.Epsilon, 1)]
    [InlineData(1e300, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    public void Chi_square_tail_has_the_limits_of_a_probability(double x, double expected) =>
        Near.Absolute(expected, SpecialFunctions.ChiSquareUpperTail(x, 9), 1e-15);

    [Fact]
    public void Arguments_outside_the_domain_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.GammaUpperRegularized(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.GammaUpperRegularized(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.LogGamma(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.NormalUpperTail(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.NormalQuantile(1.1));
    }

    [Fact]
    public void Chi_square_tail_of_any_count_of_degrees_is_a_probability()
    {
        for (var df = 1; df <= 2_000_000; df = (df * 3) + 1)
        {
            foreach (var x in new[] { 1e-300, 1e-3, 1, df * 0.5, df, df * 1.01, df * 2.0, df * 100.0, 1e18 })
            {
                Assert.InRange(SpecialFunctions.ChiSquareUpperTail(x, df), 0, 1);
            }
        }
    }
}
