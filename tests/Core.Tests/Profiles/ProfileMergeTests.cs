using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using FsCheck;
using FsCheck.Fluent;

namespace Drift.Core.Tests.Profiles;

public sealed class ProfileMergeTests
{
    [Theory]
    [InlineData(ModelTask.None)]
    [InlineData(ModelTask.Binary)]
    [InlineData(ModelTask.Multiclass)]
    [InlineData(ModelTask.Regression)]
    public void Any_order_and_grouping_of_merges_gives_the_same_bytes(ModelTask task)
    {
        var plan = Samples.Plan(task);
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<int>(), (int seed) =>
        {
            var random = new Random(seed);
            var batch = Samples.Batch(random, random.Next(120), task);
            var whole = new Profile(plan);
            whole.Add(batch, Enumerable.Range(0, batch.Count).ToArray());
            var merged = Samples.MergeAtRandom(random, batch.Count, () => new Profile(plan), (p, rows) => p.Add(batch, rows), (a, b) => a.Merge(b));
            return Samples.Bytes(whole).SequenceEqual(Samples.Bytes(merged));
        }));
    }

    [Fact]
    public void Every_kind_of_cell_of_the_samples_is_counted()
    {
        var profile = new Profile(Samples.Plan(ModelTask.Binary));
        profile.Add(Samples.Batch(new Random(3), 2000, ModelTask.Binary), Enumerable.Range(0, 2000).ToArray());
        foreach (var (plan, column) in profile.Plan.Columns.Zip(profile.Columns).Where(c => c.First.Role == ColumnRole.Feature))
        {
            Assert.Equal(2000, column.Rows);
            Assert.True(column.Missing > 0 && column.Values > 0, plan.Name);
            Assert.True(column.Mismatched > 0, plan.Name);
        }
    }

    [Fact]
    public void Zero_and_minus_zero_have_one_minimum_and_maximum()
    {
        var rows = new RowBatch();
        foreach (var value in (double[])[0.0, -0.0])
            rows.Feature("x").SetNumber(rows.AddRow(), value);
        var plan = PlanBuilder.Build(1, rows, new ModelSettings());
        var forth = new Profile(plan);
        forth.Add(rows, [0, 1]);
        var back = new Profile(plan);
        back.Add(rows, [1, 0]);
        Assert.Equal(Samples.Bytes(forth), Samples.Bytes(back));
    }

    [Fact]
    public void A_cleared_profile_counts_as_a_new_one()
    {
        var plan = Samples.Plan(ModelTask.Multiclass);
        var batch = Samples.Batch(new Random(4), 50, ModelTask.Multiclass);
        var used = new Profile(plan);
        used.Add(batch, [.. Enumerable.Range(0, 50)]);
        used.Clear();
        Assert.Equal(Samples.Bytes(new Profile(plan)), Samples.Bytes(used));
        used.Add(batch, [1, 2]);
        var fresh = new Profile(plan);
        fresh.Add(batch, [1, 2]);
        Assert.Equal(Samples.Bytes(fresh), Samples.Bytes(used));
    }

    [Fact]
    public void Profiles_of_another_plan_are_refused() =>
        Assert.Throws<ArgumentException>(() => new Profile(Samples.Plan(ModelTask.None)).Merge(new Profile(Samples.Plan(ModelTask.None).WithVersion(2))));

    [Fact]
    public void A_label_that_comes_late_counts_what_it_would_have_counted_at_once_but_the_row_and_its_confidence_only_once()
    {
        var rows = new RowBatch();
        var row = rows.AddRow();
        rows.Prediction.SetText(row, rows.Texts.Add("yes"));
        rows.Label.SetText(row, rows.Texts.Add("yes"));
        rows.Score.SetNumber(row, 0.8);
        var plan = PlanBuilder.Build(1, rows, new ModelSettings { Task = ModelTask.Binary, Positive = "yes" });
        var unlabelled = new RowBatch();
        unlabelled.AddRow();
        unlabelled.Prediction.SetText(0, unlabelled.Texts.Add("yes"));
        unlabelled.Score.SetNumber(0, 0.8);

        var atOnce = new Profile(plan);
        atOnce.Add(rows, [0]);
        var late = new Profile(plan);
        late.Add(unlabelled, [0]);
        late.AddLabel(rows);
        Assert.Equal(Samples.Bytes(atOnce), Samples.Bytes(late));
        Assert.Equal(1, late.Performance.Confidence.Rows);
    }

    [Fact]
    public void Embeddings_that_hardly_differ_are_counted_without_overflow()
    {
        var rows = new RowBatch();
        for (var i = 0; i < 10; i++)
            rows.Feature("e").SetVector(rows.AddRow(), [0, i * 1e-45f]);
        rows.Feature("e").SetVector(rows.AddRow(), [float.MaxValue, 0]);
        var profile = new Profile(PlanBuilder.Build(1, rows, new ModelSettings()));
        profile.Add(rows, [.. Enumerable.Range(0, rows.Count)]);
        var embedding = Assert.IsType<EmbeddingProfile>(profile.Columns[0]);
        Assert.All(Enumerable.Range(0, EmbeddingColumnPlan.FeatureCount), i => Assert.InRange(embedding.FeatureMean(i), -1.4143, 1.4143));
    }
}
