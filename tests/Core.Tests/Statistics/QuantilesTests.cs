using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

public sealed class QuantilesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(1, 4)]
    public void Quantiles_interpolate_between_neighbours(double q, double expected) =>
        Assert.Equal(expected, Quantiles.Linear([1, 2, 3, 4], q));

    [Fact]
    public void A_single_value_is_every_quantile() => Assert.Equal(3, Quantiles.Linear([3], 0.7));

    [Fact]
    public void Neighbours_further_apart_than_the_largest_double_stay_finite() =>
        Assert.Equal(0, Quantiles.Linear([-double.MaxValue, double.MaxValue], 0.5));

    [Fact]
    public void Nothing_has_no_quantile() => Assert.Throws<ArgumentException>(() => Quantiles.Linear([], 0.5));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_its_range_is_refused(double q) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiles.Linear([1, 2], q));
}
