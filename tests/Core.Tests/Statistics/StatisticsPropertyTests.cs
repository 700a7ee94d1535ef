using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

/// <summary>What holds for every table of counts, whatever it contains.</summary>
public sealed class StatisticsPropertyTests
{
    private static readonly Smoothing[] Smoothings = [Smoothing.Jeffreys, Smoothing.WithEpsilon(), Smoothing.WithEpsilon(1e-300)];

    [Fact]
    public void Every_distance_is_finite_and_within_its_range() => CountTables.Check(t =>
    {
        foreach (var smoothing in Smoothings)
        {
            Assert.InRange(Psi.Compute(t.Reference, t.Current, smoothing), 0, 1e4);

            // Epsilon shares sum to more than 1, which lets the divergence fall below zero by as much.
            var least = smoothing.Kind == SmoothingKind.Jeffreys ? 0 : -smoothing.Epsilon * t.Reference.Length - 1e-12;
            Assert.InRange(KullbackLeibler.Compute(t.Reference, t.Current, smoothing), least, 1e4);
        }

        Assert.InRange(JensenShannon.Distance(t.Reference, t.Current), 0, 1);
        Assert.InRange(JensenShannon.DistanceNatural(t.Reference, t.Current), 0, Math.Sqrt(Math.Log(2)));
        Assert.InRange(Hellinger.Distance(t.Reference, t.Current), 0, 1);
        Assert.InRange(LInfinity.Distance(t.Reference, t.Current), 0, 1);
    });

    [Fact]
    public void Every_test_gives_a_finite_statistic_and_a_probability() => CountTables.Check(t =>
    {
        foreach (var minimum in new[] { 0, 1, 5, 1e6 })
        {
            var chi = ChiSquare.Contingency(t.Reference, t.Current, minimum);
            Assert.InRange(chi.Statistic, 0, double.MaxValue);
            Assert.InRange(chi.PValue, 0, 1);
            Assert.InRange(chi.DegreesOfFreedom, 0, Math.Max(t.Reference.Length - 1, 0));
        }

        var ks = KolmogorovSmirnov.Compute(t.Reference, t.Current);
        Assert.InRange(ks.Statistic, 0, 1);
        Assert.InRange(ks.PValue, 0, 1);
        foreach (var smoothing in Smoothings)
        {
            var psi = Psi.Compute(t.Reference, t.Current, smoothing);
            Assert.InRange(PsiNoise.PValue(psi, t.Reference.Length, 1L << 53, 1L << 53), 0, 1);
        }
    });

    [Fact]
    public void Symmetric_distances_do_not_care_which_side_is_the_reference() => CountTables.Check(t =>
    {
        foreach (var smoothing in Smoothings)
        {
            Near.Relative(Psi.Compute(t.Reference, t.Current, smoothing), Psi.Compute(t.Current, t.Reference, smoothing), 1e-12, 1e-12);
        }

        Near.Relative(JensenShannon.Distance(t.Reference, t.Current), JensenShannon.Distance(t.Current, t.Reference), 1e-12, 1e-12);
        Near.Relative(Hellinger.Distance(t.Reference, t.Current), Hellinger.Distance(t.Current, t.Reference), 1e-12, 1e-12);
        Assert.Equal(LInfinity.Distance(t.Reference, t.Current), LInfinity.Distance(t.Current, t.Reference));
        Assert.Equal(KolmogorovSmirnov.Compute(t.Reference, t.Current), KolmogorovSmirnov.Compute(t.Current, t.Reference));
        Near.Relative(
            ChiSquare.Contingency(t.Reference, t.Current).Statistic, ChiSquare.Contingency(t.Current, t.Reference).Statistic, 1e-9, 1e-9);
    });

    [Fact]
    public void The_order_of_the_bins_does_not_matter() => CountTables.Check(t =>
    {
        // Reversal and a fixed shuffle generate orders enough.
        var order = Enumerable.Range(0, t.Reference.Length).OrderBy(i => i * 7919 % 104729 % 31).ToArray();
        long[] reference = [.. order.Reverse().Select(i => t.Reference[i])];
        long[] current = [.. order.Reverse().Select(i => t.Current[i])];
        foreach (var smoothing in Smoothings)
        {
            Near.Relative(Psi.Compute(t.Reference, t.Current, smoothing), Psi.Compute(reference, current, smoothing), 1e-9, 1e-9);
            Near.Relative(
                KullbackLeibler.Compute(t.Reference, t.Current, smoothing), KullbackLeibler.Compute(reference, current, smoothing), 1e-9, 1e-6);
        }

        Near.Relative(JensenShannon.Distance(t.Reference, t.Current), JensenShannon.Distance(reference, current), 1e-9, 1e-9);
        Near.Relative(Hellinger.Distance(t.Reference, t.Current), Hellinger.Distance(reference, current), 1e-9, 1e-9);
        Near.Relative(LInfinity.Distance(t.Reference, t.Current), LInfinity.Distance(reference, current), 1e-9, 1e-9);
        Near.Relative(
            ChiSquare.Contingency(t.Reference, t.Current, 0).Statistic, ChiSquare.Contingency(reference, current, 0).Statistic, 1e-9, 1e-9);
    });

    [Fact]
    public void A_side_compared_with_itself_is_at_distance_zero() => CountTables.Check(t =>
    {
        foreach (var smoothing in Smoothings)
        {
            Assert.Equal(0, Psi.Compute(t.Reference, t.Reference, smoothing));
            Assert.Equal(0, KullbackLeibler.Compute(t.Reference, t.Reference, smoothing));
        }

        Assert.Equal(0, JensenShannon.Distance(t.Reference, t.Reference));
        Assert.Equal(0, Hellinger.Distance(t.Reference, t.Reference));
        Assert.Equal(0, LInfinity.Distance(t.Reference, t.Reference));
        Assert.Equal(new KolmogorovSmirnovResult(0, 1), KolmogorovSmirnov.Compute(t.Reference, t.Reference));
        Assert.Equal(1, ChiSquare.Contingency(t.Reference, t.Reference).PValue);
    });

    [Fact]
    public void A_side_without_rows_says_nothing() => CountTables.Check(t =>
    {
        var none = new long[t.Reference.Length];
        foreach (var smoothing in Smoothings)
        {
            Assert.Equal(0, Psi.Compute(t.Reference, none, smoothing));
            Assert.Equal(0, KullbackLeibler.Compute(none, t.Current, smoothing));
        }

        Assert.Equal(0, JensenShannon.Distance(t.Reference, none));
        Assert.Equal(0, Hellinger.Distance(none, t.Current));
        Assert.Equal(0, LInfinity.Distance(none, t.Current));
        Assert.Equal(new KolmogorovSmirnovResult(0, 1), KolmogorovSmirnov.Compute(none, t.Current));
        Assert.Equal(new ChiSquareResult(0, 1, 0), ChiSquare.Contingency(t.Reference, none));
    });

    [Fact]
    public void Contributions_sum_to_psi() => CountTables.Check(t =>
    {
        foreach (var smoothing in Smoothings)
        {
            var contributions = new double[t.Reference.Length];
            Psi.Contributions(t.Reference, t.Current, smoothing, contributions);
            Assert.All(contributions, c => Assert.True(c >= 0));
            Near.Relative(Psi.Compute(t.Reference, t.Current, smoothing), contributions.Sum(), 1e-12);
        }
    });

    [Fact]
    public void Psi_is_the_sum_of_both_divergences() => CountTables.Check(t => Near.Relative(
        Psi.Compute(t.Reference, t.Current, Smoothing.Jeffreys),
        KullbackLeibler.Compute(t.Reference, t.Current, Smoothing.Jeffreys) + KullbackLeibler.Compute(t.Current, t.Reference, Smoothing.Jeffreys),
        1e-9,
        1e-6));
}
