using Drift.Core.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace Drift.Core.Tests.Statistics;

public sealed class BenjaminiHochbergTests
{
    private static readonly Arbitrary<double[]> PValueLists = Arb.From(
        from count in Gen.Choose(0, 600)
        from values in Gen.ArrayOf(Gen.Frequency(
            (1, Gen.Elements(0.0, 1.0, double.Epsilon, 0.05, 1 - 1e-16)),
            (6, Gen.Choose(0, 1_000_000).Select(v => v / 1e6)),
            (2, Gen.Choose(0, 300).Select(e => Math.Pow(10, -e)))), count)
        select values);

    [Fact]
    public void Adjusted_values_are_those_of_the_definition()
    {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "BH") is 0.02 0.04 0.04 0.02.
        var adjusted = new double[4];
        BenjaminiHochberg.Adjust([0.01, 0.04, 0.03, 0.005], adjusted);
        double[] expected = [0.02, 0.04, 0.04, 0.02];
        for (var i = 0; i < 4; i++)
        {
            Near.Relative(expected[i], adjusted[i], 1e-15);
        }
    }

    [Fact]
    public void Adjusted_values_keep_the_order_and_are_never_below_the_inputs() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(PValueLists, p =>
    {
        var adjusted = new double[p.Length];
        BenjaminiHochberg.Adjust(p, adjusted);
        var order = Enumerable.Range(0, p.Length).OrderBy(i => p[i]).ToArray();
        for (var i = 0; i < p.Length; i++)
        {
            Assert.InRange(adjusted[i], p[i], 1);
            if (i > 0)
            {
                Assert.True(adjusted[order[i - 1]] <= adjusted[order[i]]);
            }
        }
    }));

    [Fact]
    public void Result_may_replace_the_input()
    {
        double[] values = [0.01, 0.04, 0.03, 0.005];
        BenjaminiHochberg.Adjust(values, values);
        Near.Relative(0.02, values[3], 1e-15);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    public void What_is_no_probability_is_refused(double p) =>
        Assert.Throws<ArgumentException>(() => BenjaminiHochberg.Adjust([0.5, p], new double[2]));

    [Fact]
    public void A_result_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => BenjaminiHochberg.Adjust([0.5, 0.5], new double[1]));
}
