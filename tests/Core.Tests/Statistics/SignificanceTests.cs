using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

public sealed class SignificanceTests
{
    [Fact]
    public void Chi_square_pools_bins_with_small_expected_counts()
    {
        // Bins 2 and 3 expect 2 and 4 on the smaller side and join; together they reach 6.
        var pooled = ChiSquare.Contingency([50, 40, 3, 5], [55, 35, 1, 3]);
        Assert.Equal(2, pooled.DegreesOfFreedom);
        Near.Relative(ChiSquare.Contingency([50, 40, 8], [55, 35, 4], 0).Statistic, pooled.Statistic, 1e-12);
    }

    [Fact]
    public void A_pool_that_stays_small_joins_the_smallest_other_bin()
    {
        var pooled = ChiSquare.Contingency([50, 40, 1, 1], [55, 35, 1, 0]);
        Assert.Equal(1, pooled.DegreesOfFreedom);
        Near.Relative(ChiSquare.Contingency([50, 42], [55, 36], 0).Statistic, pooled.Statistic, 1e-12);
    }

    [Fact]
    public void Chi_square_ignores_bins_that_are_empty_on_both_sides() => Assert.Equal(
        ChiSquare.Contingency([10, 20], [20, 10], 0), ChiSquare.Contingency([10, 0, 20, 0], [20, 0, 10, 0], 0));

    [Fact]
    public void Chi_square_with_everything_pooled_has_nothing_to_compare() =>
        Assert.Equal(new ChiSquareResult(0, 1, 0), ChiSquare.Contingency([1, 2, 1], [2, 1, 1]));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Chi_square_refuses_a_minimum_that_is_no_count(double minimum) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquare.Contingency([1], [1], minimum));

    // Quantiles of Kolmogorov's distribution (Smirnov 1948, table): Q(1.2238) = 0.10, Q(1.3581) = 0.05, Q(1.6276) = 0.01.
    [Theory]
    [InlineData(1.2238478702170825, 0.10)]
    [InlineData(1.3580986393225507, 0.05)]
    [InlineData(1.6276236115189504, 0.01)]
    public void Kolmogorov_limit_has_the_tabled_quantiles(double lambda, double expected) =>
        Near.Relative(expected, KolmogorovSmirnov.LimitUpperTail(lambda), 1e-12);

    [Fact]
    public void Both_series_of_the_kolmogorov_limit_meet() =>
        Near.Relative(KolmogorovSmirnov.LimitUpperTail(1.18 - 1e-12), KolmogorovSmirnov.LimitUpperTail(1.18), 1e-11);

    [Fact]
    public void Kolmogorov_limit_falls_from_one_to_zero()
    {
        var last = 1.0;
        for (var lambda = 0.0; lambda < 30; lambda += 0.01)
        {
            var p = KolmogorovSmirnov.LimitUpperTail(lambda);
            Assert.InRange(p, 0, last);
            last = p;
        }

        Assert.Equal(0, KolmogorovSmirnov.LimitUpperTail(1e200));
    }

    [Fact]
    public void Psi_noise_is_the_mean_of_its_chi_square()
    {
        Near.Relative(9 * (1.0 / 5000 + 1.0 / 1000), PsiNoise.Expected(10, 5000, 1000), 1e-15);
        Near.Relative(
            SpecialFunctions.ChiSquareUpperTail(0.02 * 5000 * 1000 / 6000.0, 9), PsiNoise.PValue(0.02, 10, 5000, 1000), 1e-12);
    }

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(0, 10, 10)]
    [InlineData(10, 0, 10)]
    [InlineData(10, 10, 0)]
    public void Psi_without_bins_or_rows_is_no_evidence(int bins, long n, long m)
    {
        Assert.Equal(1, PsiNoise.PValue(5, bins, n, m));
        Assert.Equal(0, PsiNoise.Expected(bins, n, m));
    }

    [Fact]
    public void Psi_p_values_are_uniform_without_drift()
    {
        // 2 000 pairs of samples from one distribution, fixed seed; a share of 5 % within four standard errors.
        var random = new Random(17);
        var below = 0;
        for (var trial = 0; trial < 2000; trial++)
        {
            var reference = new long[10];
            var current = new long[10];
            for (var i = 0; i < 2000; i++)
            {
                reference[random.Next(10)]++;
                current[random.Next(10)]++;
            }

            below += PsiNoise.PValue(Psi.Compute(reference, current, Smoothing.Jeffreys), 10, 2000, 2000) < 0.05 ? 1 : 0;
        }

        Assert.InRange(below / 2000.0, 0.05 - 0.02, 0.05 + 0.02);
    }

    [Fact]
    public void Cauchy_combination_of_equal_p_values_is_that_p_value()
    {
        foreach (var p in new[] { 1e-290, 1e-30, 1e-9, 0.01, 0.5, 0.9 })
        {
            Near.Relative(p, CauchyCombination.PValue([p, p, p]), 1e-12);
        }
    }

    [Fact]
    public void Cauchy_combination_keeps_strong_evidence_beside_a_certain_null()
    {
        // Without the truncation one p of 1 would make the result 1.
        Assert.InRange(CauchyCombination.PValue([1e-10, 1]), 1e-10, 3e-10);
        Assert.InRange(CauchyCombination.PValue([0, 1]), 0, 1e-299);
        Assert.InRange(CauchyCombination.PValue([0, 0]), 0, 1e-299);
        Assert.InRange(CauchyCombination.PValue([1, 1]), 0.98, 1);
    }

    [Fact]
    public void Cauchy_combination_of_none_or_one_is_plain()
    {
        Assert.Equal(1, CauchyCombination.PValue([]));
        Assert.Equal(1e-310, CauchyCombination.PValue([1e-310]));
        Assert.Throws<ArgumentException>(() => CauchyCombination.PValue([0.5, double.NaN]));
    }

    // z = (0.91 − 0.88)/√(0.895·0.105·(2/1000)) = 2.1882…
    [Fact]
    public void Drop_of_accuracy_is_a_one_sided_z_test()
    {
        var z = 0.03 / Math.Sqrt(0.895 * 0.105 * 0.002);
        Near.Relative(SpecialFunctions.NormalUpperTail(z), Proportion.DropPValue(910, 1000, 880, 1000), 1e-9);
        Near.Relative(1 - SpecialFunctions.NormalUpperTail(z), Proportion.DropPValue(880, 1000, 910, 1000), 1e-9);
    }

    [Theory]
    [InlineData(0, 0, 5, 10)]
    [InlineData(5, 10, 0, 0)]
    [InlineData(10, 10, 20, 20)]
    [InlineData(0, 10, 0, 20)]
    public void A_drop_without_evidence_has_p_one(long s1, long n1, long s2, long n2) =>
        Assert.Equal(1, Proportion.DropPValue(s1, n1, s2, n2));

    [Fact]
    public void A_complete_drop_of_huge_samples_is_a_probability() =>
        Assert.Equal(0, Proportion.DropPValue(1L << 53, 1L << 53, 0, 1L << 53));

    // (p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.959963984540054, 8 of 10.
    [Fact]
    public void Wilson_interval_agrees_with_its_formula()
    {
        var interval = Proportion.WilsonInterval(8, 10);
        Near.Absolute(0.4901624715, interval.Lower, 1e-9);
        Near.Absolute(0.9433178485, interval.Upper, 1e-9);
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 10, 0, 0.2775327999)]
    [InlineData(10, 10, 0.7224672001, 1)]
    public void Wilson_interval_stays_inside_zero_and_one(long successes, long n, double lower, double upper)
    {
        var interval = Proportion.WilsonInterval(successes, n);
        Near.Absolute(lower, interval.Lower, 1e-9);
        Near.Absolute(upper, interval.Upper, 1e-9);
    }

    [Fact]
    public void Impossible_successes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.DropPValue(2, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.WilsonInterval(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.WilsonInterval(1, 1, 1));
    }
}
