using Drift.Core.Adapters;

namespace Drift.Core.Tests.Adapters;

public sealed class CanaryTestTests
{
    private const double Alpha = 0.05;

    // Reference values: the same formula with Python's math.lgamma, the least product found on a grid of 200 001 accuracies.
    [Theory]
    [InlineData(1000, 850, 1000, 900, 0, 2.99845426)]
    [InlineData(100, 90, 900, 800, -0.05, -0.54522975)]
    [InlineData(5000, 4500, 5000, 4500, -0.02, 2.05906536)]
    [InlineData(10, 0, 10, 10, 0, 0.42973876)]
    public void Evidence_is_that_of_the_formula(long n, long k, long m, long l, double difference, double expected) =>
        Assert.Equal(expected, CanaryTest.LogEvidence(new CanaryArm(n, k), new CanaryArm(m, l), difference), 4);

    [Fact]
    public void Without_samples_of_both_nothing_is_excluded()
    {
        Assert.Equal(CanaryInterval.Everything, CanaryTest.Interval(default, new CanaryArm(1_000_000, 900_000), Alpha));
        Assert.Equal(0, CanaryTest.LogEvidence(default, default, 0.3));
    }

    [Theory]
    [InlineData(100, 90, 100, 80)]
    [InlineData(3000, 2900, 500, 300)]
    [InlineData(50, 0, 50, 50)]
    [InlineData(50, 50, 50, 50)]
    [InlineData(1, 1, 10_000_000, 9_000_000)]
    [InlineData(10_000_000, 9_000_000, 10_000_000, 9_000_000)]
    public void The_interval_holds_the_estimate_and_what_is_outside_is_excluded(long n, long k, long m, long l)
    {
        var (canary, champion) = (new CanaryArm(n, k), new CanaryArm(m, l));
        var interval = CanaryTest.Interval(canary, champion, Alpha);
        var estimate = canary.Accuracy!.Value - champion.Accuracy!.Value;

        Assert.InRange(estimate, interval.Lower, interval.Upper);
        Assert.InRange(interval.Lower, -1, 1);
        Assert.InRange(interval.Upper, -1, 1);
        var limit = -Math.Log(Alpha);
        for (var step = -100; step <= 100; step++)
        {
            var difference = step / 100.0;
            var excluded = CanaryTest.LogEvidence(canary, champion, difference) >= limit;
            Assert.Equal(excluded, difference < interval.Lower - 1e-9 || difference > interval.Upper + 1e-9);
        }
    }

    [Fact]
    public void Exchanging_the_two_turns_the_interval_around()
    {
        var (a, b) = (new CanaryArm(700, 600), new CanaryArm(300, 280));
        var one = CanaryTest.Interval(a, b, Alpha);
        var other = CanaryTest.Interval(b, a, Alpha);

        Assert.Equal(one.Lower, -other.Upper, 6);
        Assert.Equal(one.Upper, -other.Lower, 6);
    }

    [Fact]
    public void The_evidence_against_a_pair_is_never_less_than_that_against_its_difference()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var (n, m) = (random.Next(1, 3_000), random.Next(1, 3_000));
            var (canary, champion) = (new CanaryArm(n, random.Next(n + 1)), new CanaryArm(m, random.Next(m + 1)));
            var difference = (random.NextDouble() * 2) - 1;
            var least = CanaryTest.LogEvidence(canary, champion, difference);
            for (var step = 0; step <= 1_000; step++)
            {
                var p = Math.Max(0, -difference) + ((1 - Math.Abs(difference)) * step / 1_000.0);
                Assert.True(CanaryTest.LogEvidenceOfPair(canary, champion, difference, p) >= least - 1e-6);
            }
        }
    }

    // 1 000 canaries, each looked at after every row and stopped at the first look that says something.
    [Theory]
    [InlineData(0.9, 0.9, false)]
    [InlineData(0.7, 0.7, false)]
    [InlineData(0.9, 0.88, true)]
    public void However_often_one_looks_wrong_decisions_stay_below_the_stated_rate(double champion, double canary, bool worseByMargin)
    {
        const int canaries = 1_000;
        var limit = -Math.Log(Alpha);
        var wrong = 0;
        for (var run = 0; run < canaries; run++)
        {
            var random = new Random(run);
            CanaryArm a = default, b = default;
            for (var row = 0; row < 2_000; row++)
            {
                if (row % 2 == 0)
                    a = new CanaryArm(a.Samples + 1, a.Correct + (random.NextDouble() < canary ? 1 : 0));
                else
                    b = new CanaryArm(b.Samples + 1, b.Correct + (random.NextDouble() < champion ? 1 : 0));
                // Without a difference any exclusion of 0 is wrong; with one of the margin only that in favour of the canary.
                var difference = worseByMargin ? -0.02 : 0;
                if (row < 20 || (worseByMargin && a.Accuracy - b.Accuracy <= difference))
                    continue;
                var pooled = (a.Correct + b.Correct - (difference * a.Samples)) / (a.Samples + b.Samples);
                if (CanaryTest.LogEvidenceOfPair(a, b, difference, pooled) < limit || CanaryTest.LogEvidence(a, b, difference) < limit)
                    continue;
                wrong++;
                break;
            }
        }

        Assert.True(wrong <= canaries * Alpha, $"{wrong} of {canaries}");
    }

    [Fact]
    public void A_loss_of_five_points_is_seen()
    {
        var interval = CanaryTest.Interval(new CanaryArm(2_000, 1_700), new CanaryArm(2_000, 1_800), Alpha);
        Assert.True(interval.Upper < 0, $"{interval}");
    }

    [Theory]
    [InlineData(0.05, 0.02, CanaryVerdict.Undecided, 99)]
    [InlineData(0.005, 0.02, CanaryVerdict.Better, 100)]
    [InlineData(-0.01, 0.02, CanaryVerdict.NotWorse, 100)]
    [InlineData(-0.05, 0.02, CanaryVerdict.Undecided, 100)]
    [InlineData(-0.05, -0.01, CanaryVerdict.Worse, 100)]
    [InlineData(-0.015, -0.01, CanaryVerdict.Worse, 100)]
    public void The_rule_follows_from_the_bounds(double lower, double upper, CanaryVerdict expected, long samples) => Assert.Equal(
        expected,
        new CanaryRule(0.02, 0, 100).Judge(new CanaryArm(samples, 0), new CanaryArm(1_000, 0), new CanaryInterval(lower, upper)));

    [Fact]
    public void Counts_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CanaryTest.Interval(new CanaryArm(1, 2), new CanaryArm(1, 1), Alpha));
        Assert.Throws<ArgumentOutOfRangeException>(() => CanaryTest.Interval(new CanaryArm(1, 1), new CanaryArm(1, 1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CanaryTest.LogEvidence(default, default, 1.1));
    }
}
