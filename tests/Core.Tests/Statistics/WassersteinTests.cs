using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

public sealed class WassersteinTests
{
    private static double Normed(double[] reference, double[] current)
    {
        var sorted = reference.Order().ToArray();
        var edges = BinEdges.Fine(sorted);
        var mean = sorted.Average();
        var sigma = Math.Sqrt(sorted.Average(x => (x - mean) * (x - mean)));
        return Wasserstein.Normed(Binned.Of(reference, edges).AsBins(), Binned.Of(current, edges).AsBins(), edges, sigma);
    }

    [Fact]
    public void A_shift_is_its_length_in_standard_deviations()
    {
        double[] reference = [.. Enumerable.Range(0, 10_000).Select(i => i / 10_000.0)];
        Near.Relative(0.5 / Math.Sqrt(1 / 12.0), Normed(reference, [.. reference.Select(x => x + 0.5)]), 1e-6);
        Near.Relative(100 / Math.Sqrt(1 / 12.0), Normed(reference, [.. reference.Select(x => x - 100)]), 1e-6);
    }

    [Fact]
    public void Mass_that_moves_inside_a_bin_is_measured()
    {
        // Two of four values go from 0 to 8 within [0, 10).
        var reference = new NumericBins([1, 2, 1], [-1, 0, 1], -1, 11);
        var current = new NumericBins([1, 2, 1], [-1, 16, 1], -1, 11);
        Near.Relative(4, Wasserstein.Normed(reference, current, [0, 10], 1), 1e-12);
    }

    [Fact]
    public void A_change_of_sign_inside_a_bin_counts_as_the_middle_of_what_the_sums_allow()
    {
        // F−G runs from ¼ to −¼ with integral 0: at least 0, and 2.5 if it jumps at 5.
        var reference = new NumericBins([2, 0, 2], [0, 0, 0], 0, 10);
        var current = new NumericBins([1, 2, 1], [0, 10, 0], 0, 10);
        Near.Relative(1.25, Wasserstein.Normed(reference, current, [0, 10], 1), 1e-12);
    }

    [Fact]
    public void Large_values_in_a_narrow_range_keep_their_digits()
    {
        double[] reference = [.. Enumerable.Range(0, 5000).Select(i => 1.7e9 + (i * 1e-3))];
        Near.Relative(1 / (5 / Math.Sqrt(12)), Normed(reference, [.. reference.Select(x => x + 1)]), 1e-4);
    }

    [Fact]
    public void The_distance_does_not_change_with_unit_and_origin()
    {
        var random = new Random(3);
        double[] reference = [.. Enumerable.Range(0, 3000).Select(_ => random.NextDouble() * random.NextDouble())];
        double[] current = [.. Enumerable.Range(0, 2000).Select(_ => random.NextDouble() * random.NextDouble() * 1.2)];
        Near.Relative(
            Normed(reference, current), Normed([.. reference.Select(x => (x * 1024) - 77)], [.. current.Select(x => (x * 1024) - 77)]), 1e-6);
    }

    [Fact]
    public void Identical_sides_are_at_distance_zero()
    {
        Assert.Equal(0, Normed([1, 2, 3, 4], [1, 2, 3, 4]));
        Assert.Equal(0, Normed([7, 7], [7, 7, 7]));
        Assert.Equal(0, Normed([double.MaxValue, -double.MaxValue], [double.MaxValue, -double.MaxValue]));
    }

    [Fact]
    public void From_a_constant_reference_the_distance_is_the_share_that_left_times_how_far()
    {
        Near.Relative(1, Normed([5, 5], [7, 7, 7]), 1e-12);
        Near.Relative(0.25, Normed([0, 0], [0, 0, 0, 1]), 1e-12);
        Near.Relative(1, Normed([5, 5], [5 + 1e-9]), 1e-6);
        Assert.InRange(Normed([0], [-1e308, 1e308]), 0, 1);
    }

    [Fact]
    public void A_side_without_rows_says_nothing()
    {
        Assert.Equal(0, Normed([1, 2, 3], []));
        Assert.Equal(0, Wasserstein.Normed(new NumericBins([0], [0], 0, 0), new NumericBins([3], [9], 3, 3), [], 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.Epsilon)]
    [InlineData(1)]
    [InlineData(double.PositiveInfinity)]
    public void The_distance_is_finite_whatever_the_bins_contain(double sigma)
    {
        double[] sums = [0, 1, -1e300, 1e308, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        double[][] edgeSets = [[0, 1], [-double.MaxValue, double.MaxValue], [1.7e9, double.BitIncrement(1.7e9)]];
        foreach (var edges in edgeSets)
        {
            foreach (var a in sums)
            {
                foreach (var b in sums)
                {
                    foreach (var t in CountTables.Adversarial.Where(t => t.Reference.Length == 3))
                    {
                        var reference = new NumericBins(t.Reference, [a, b, a], -double.MaxValue, double.MaxValue);
                        var current = new NumericBins(t.Current, [b, 0, a], double.NegativeInfinity, 1);
                        Assert.InRange(Wasserstein.Normed(reference, current, edges, sigma), 0, double.MaxValue);
                    }
                }
            }
        }
    }

    [Fact]
    public void Bins_that_do_not_fit_the_edges_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new NumericBins([1], [1, 2], 0, 1));
        Assert.Throws<ArgumentException>(() =>
            Wasserstein.Normed(new NumericBins([1], [1], 0, 1), new NumericBins([1], [1], 0, 1), [1, 2], 1));
        Assert.Throws<ArgumentException>(() =>
            Wasserstein.Normed(new NumericBins([1], [1], 0, 1), new NumericBins([1, 1], [1, 1], 0, 1), [1], 1));
    }
}
