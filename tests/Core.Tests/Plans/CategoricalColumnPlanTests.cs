using System.Text;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Plans;

public sealed class CategoricalColumnPlanTests
{
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

    [Fact]
    public void A_value_has_the_same_code_as_text_and_as_bytes()
    {
        var rows = new RowBatch();
        for (var i = 0; i < 600; i++)
            rows.Feature("c").SetText(rows.AddRow(), rows.Texts.Add(i < 400 ? $"wärt {i % 200}" : $"rare {i}"));
        rows.Feature("c").SetText(rows.AddRow(), rows.Texts.Add("\uFFFD"));
        var plan = Assert.IsType<CategoricalColumnPlan>(
            PlanBuilder.Build(1, rows, new ModelSettings { Features = new Dictionary<string, FeatureSettings> { ["c"] = new() { Type = ColumnType.Categorical } } }).Columns[0]);
        for (var code = 0; code < plan.Names.Count; code++)
        {
            Assert.Equal(code, plan.CodeOf(plan.Names[code]));
            Assert.Equal(code, plan.CodeOf(Encoding.UTF8.GetBytes(plan.Names[code])));
        }

        Assert.All(Enumerable.Range(400, 200), i => Assert.Equal(plan.CodeOf($"rare {i}"), plan.CodeOf(Encoding.UTF8.GetBytes($"rare {i}"))));
        Assert.Contains(Enumerable.Range(400, 200), i => plan.CodeOf($"rare {i}") == plan.Other);
        Assert.Equal(plan.Unseen, plan.CodeOf("never"u8));
        Assert.Equal(plan.Unseen, plan.CodeOf(ReadOnlySpan<byte>.Empty));
        Assert.Equal(plan.CodeOf("\uFFFD"), plan.CodeOf([0xFF]));
    }
}
