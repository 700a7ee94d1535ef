using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

public sealed class SmoothingTests
{
    [Fact]
    public void Jeffreys_is_the_default() => Assert.Equal(Smoothing.Jeffreys, default);

    [Fact]
    public void Epsilon_is_one_in_ten_thousand_unless_given() => Assert.Equal(1e-4, Smoothing.WithEpsilon().Epsilon);

    [Theory]
    [InlineData(0)]
    [InlineData(-1e-4)]
    [InlineData(0.11)]
    [InlineData(double.NaN)]
    public void Epsilon_outside_its_range_is_refused(double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Smoothing.WithEpsilon(epsilon));

    // (c + ½) / (n + B/2) with n = 5 and B = 2.
    [Fact]
    public void Jeffreys_adds_half_a_row_to_every_bin_of_both_sides()
    {
        double[] p = [5.5 / 6, 0.5 / 6];
        double[] q = [0.5 / 6, 5.5 / 6];
        Near.Relative(Psi.Compute(p, q), Psi.Compute([5L, 0], [0L, 5], Smoothing.Jeffreys), 1e-14);
        Near.Relative(KullbackLeibler.Compute(p, q), KullbackLeibler.Compute([5L, 0], [0L, 5], Smoothing.Jeffreys), 1e-14);
    }

    [Fact]
    public void Epsilon_replaces_zero_shares_without_normalising()
    {
        var expected = ((1 - 1e-4) * Math.Log(1 / 1e-4)) + ((1e-4 - 1) * Math.Log(1e-4));
        Near.Relative(expected, Psi.Compute([7L, 0], [0L, 3], Smoothing.WithEpsilon(1e-4)), 1e-14);
    }

    [Fact]
    public void Different_lengths_and_negative_counts_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Psi.Compute([1L], [1L, 2], Smoothing.Jeffreys));
        Assert.Throws<ArgumentException>(() => KullbackLeibler.Compute([1L, -1], [1L, 2], Smoothing.Jeffreys));
        Assert.Throws<ArgumentException>(() => JensenShannon.Distance([0.5, double.NaN], [0.5, 0.5]));
        Assert.Throws<ArgumentException>(() => Hellinger.Distance([0.5, -0.5], [0.5, 0.5]));
        Assert.Throws<ArgumentException>(() => LInfinity.Distance([1L, 2], [1L]));
    }
}
