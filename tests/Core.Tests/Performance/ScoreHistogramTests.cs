using Drift.Core.Performance;

namespace Drift.Core.Tests.Performance;

public sealed class ScoreHistogramTests
{
    [Fact]
    public void Bins_ascend_with_scores_from_the_first_to_the_last()
    {
        var scores = Enumerable.Range(0, 20_001).Select(i => i / 20_000.0)
            .Concat(Enumerable.Range(1, 1070).SelectMany(i => (double[])[Math.ScaleB(1, -i), 1 - Math.ScaleB(1, -i)]))
            .Concat([1.0 / 64, Math.BitDecrement(1.0 / 64), 63.0 / 64, Math.BitIncrement(63.0 / 64), 0, 1])
            .Order().ToArray();
        var bins = scores.Select(ScoreHistogram.BinOf).ToArray();
        Assert.Equal(bins.Order(), bins);
        Assert.Equal(0, bins[0]);
        Assert.Equal(ScoreHistogram.Bins - 1, bins[^1]);
        Assert.Equal(0, ScoreHistogram.BinOf(-0.0));
    }

    [Theory]
    [InlineData("calibrated")]
    [InlineData("rare")]
    [InlineData("timid")]
    [InlineData("sure")]
    public void The_area_is_within_5e_4_of_the_exact_one(string kind)
    {
        var random = new Random(31);
        var rows = Enumerable.Range(0, 20_000).Select(_ =>
        {
            var u = random.NextDouble();
            var score = kind switch
            {
                "calibrated" => u,
                "rare" => Math.Pow(u, 6) * 0.01,
                "timid" => 0.45 + (0.1 * u),
                _ => 1 - (1e-6 * u),
            };
            return (Score: score, Positive: random.NextDouble() < u * u);
        }).ToArray();
        var histogram = new ScoreHistogram();
        foreach (var (score, positive) in rows)
            histogram.Add(score, positive);
        Assert.InRange(histogram.RocAuc!.Value - Exact(rows), -5e-4, 5e-4);
    }

    [Fact]
    public void Ties_count_half_and_one_class_alone_has_no_area()
    {
        var histogram = new ScoreHistogram();
        Assert.Null(histogram.RocAuc);
        histogram.Add(0.5, true);
        Assert.Null(histogram.RocAuc);
        histogram.Add(0.5, false);
        Assert.Equal(0.5, histogram.RocAuc);
        histogram.Add(0.2, false);
        Assert.Equal(0.75, histogram.RocAuc);
    }

    private static double Exact((double Score, bool Positive)[] rows)
    {
        var sorted = rows.OrderBy(r => r.Score).ToArray();
        double below = 0, pairs = 0;
        foreach (var (_, positive) in sorted)
        {
            pairs += positive ? below : 0;
            below += positive ? 0 : 1;
        }

        return pairs / below / (rows.Length - below);
    }
}
