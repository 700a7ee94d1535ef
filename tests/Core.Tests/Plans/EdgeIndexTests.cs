using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Plans;

public sealed class EdgeIndexTests
{
    public static TheoryData<string> Shapes => ["uniform", "skewed", "huge", "tiny", "clustered", "integers", "denormal", "whole range", "far from zero"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_bin_is_the_one_that_binary_search_finds(string shape)
    {
        var random = new Random(17);
        for (var repeat = 0; repeat < 60; repeat++)
        {
            var edges = Enumerable.Range(0, random.Next(0, 300)).Select(_ => Edge(random, shape)).Distinct().Order().ToArray();
            var index = new EdgeIndex(edges);
            var values = edges.SelectMany(e => (double[])[e, Math.BitIncrement(e), Math.BitDecrement(e)])
                .Concat(Enumerable.Range(0, 200).Select(_ => Edge(random, shape)))
                .Concat([0, -0.0, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon]);
            foreach (var value in values)
            {
                var expected = EdgeIndex.UpperBound(edges, value);
                Assert.Equal(expected, edges.Count(e => e <= value));
                if (expected != index.BinOf(value))
                    Assert.Fail($"{shape}, repeat {repeat}: value {value:R} is in bin {expected}, the index says {index.BinOf(value)}.");
            }
        }
    }

    [Fact]
    public void Values_beyond_a_full_tail_of_reference_categories_are_not_called_unseen()
    {
        var rows = new RowBatch();
        for (var i = 0; i < PlanBuilder.MaxCategories + PlanBuilder.MaxTail + 10; i++)
        {
            var row = rows.AddRow();
            rows.Feature("id").SetText(row, rows.Texts.Add($"user {i}"));
        }

        var plan = Assert.IsType<CategoricalColumnPlan>(
            PlanBuilder.Build(1, rows, new ModelSettings { Features = new Dictionary<string, FeatureSettings> { ["id"] = new() { Type = ColumnType.Categorical } } }).Columns[0]);
        Assert.All(Enumerable.Range(0, rows.Count), i => Assert.NotEqual(plan.Unseen, plan.CodeOf($"user {i}")));
    }

    private static double Edge(Random random, string shape) => shape switch
    {
        "uniform" => random.NextDouble(),
        "skewed" => Math.Exp(40 * random.NextDouble()),
        "huge" => (random.NextDouble() - 0.5) * 1e308,
        "tiny" => random.NextDouble() * 1e-300,
        "clustered" => random.Next(3) + (random.NextDouble() * 1e-12),
        "integers" => random.Next(-50, 50),
        "denormal" => random.Next(100) * double.Epsilon,
        "far from zero" => 1e15 + random.Next(100),
        _ => (random.Next(2) == 0 ? 1 : -1) * double.MaxValue * random.NextDouble(),
    };
}
