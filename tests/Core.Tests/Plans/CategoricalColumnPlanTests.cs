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
}
