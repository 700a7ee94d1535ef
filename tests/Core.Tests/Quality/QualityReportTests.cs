using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Quality;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Quality;

public sealed class QualityReportTests
{
    private static readonly RowBatch Reference = Rows((i, batch, row) =>
    {
        batch.Feature("number").SetNumber(row, i);
        batch.Feature("category").SetText(row, batch.Texts.Add(i % 2 == 0 ? "a" : "b"));
        if (i >= 50)
            batch.Feature("sparse").SetNumber(row, i);
        batch.Label.SetText(row, batch.Texts.Add("yes"));
    });

    private static readonly Plan ReferencePlan = PlanBuilder.Build(1, Reference, new ModelSettings());

    [Fact]
    public void The_reference_itself_is_sound()
    {
        var report = Report(Reference);
        Assert.Equal((100, 1.0), (report.Rows, report.DataQualityScore));
        var sparse = Column(report, "sparse");
        Assert.Equal((50, 0.5, 1.0), (sparse.Missing, sparse.Completeness, sparse.Score));
        Assert.All(report.Columns, c => Assert.Equal(0, (c.OutOfRange ?? 0) + (c.Unseen ?? 0) + c.Mismatched + c.NonFinite));
    }

    [Fact]
    public void Each_defect_is_counted_in_its_column_and_lowers_its_score()
    {
        var report = Report(Rows((i, batch, row) =>
        {
            var number = batch.Feature("number");
            switch (i % 10)
            {
                case 0:
                    break;
                case 1:
                    number.SetText(row, batch.Texts.Add("many"));
                    break;
                case 2:
                    number.SetNumber(row, double.PositiveInfinity);
                    break;
                case 3:
                    number.SetNumber(row, 100);
                    break;
                case 4:
                    number.SetNumber(row, -1e6);
                    break;
                default:
                    number.SetNumber(row, 50);
                    break;
            }

            batch.Feature("category").SetText(row, batch.Texts.Add(i < 25 ? "new" : "a"));
            if (i < 50)
                batch.Feature("sparse").SetNumber(row, 70);
        }));
        var numeric = Column(report, "number");
        Assert.Equal((10, 10, 10, 20L, 10L), (numeric.Missing, numeric.Mismatched, numeric.NonFinite, numeric.OutOfRange, numeric.Outliers));
        Assert.Equal((0.9, 0.2, 0.1), (numeric.Completeness, numeric.OutOfRangeShare, numeric.OutliersShare));
        Assert.Null(numeric.Unseen);
        Assert.Equal(0.5, numeric.Score, 12);
        var category = Column(report, "category");
        Assert.Equal((25L, 0.25, 0.75), (category.Unseen, category.UnseenShare, category.Score));
        Assert.Null(category.OutOfRange);
        Assert.Equal(1, Column(report, "sparse").Score);
        Assert.Equal((0.5 + 0.75 + 1) / 3, report.DataQualityScore, 12);
    }

    [Fact]
    public void Only_missing_values_beyond_the_references_own_share_lower_the_score()
    {
        var current = Rows((i, batch, row) =>
        {
            batch.Feature("number").SetNumber(row, i);
            batch.Feature("category").SetText(row, batch.Texts.Add("a"));
            if (i >= 80)
                batch.Feature("sparse").SetNumber(row, 70);
        });
        Assert.Equal((0.2, 0.7), (Column(Report(current), "sparse").Completeness, Math.Round(Column(Report(current), "sparse").Score, 12)));
        Assert.Equal(0.2, Column(QualityReport.From(null, Profile(current)), "sparse").Score, 12);
    }

    [Fact]
    public void No_rows_are_sound()
    {
        var report = Report(new RowBatch());
        Assert.Equal((0, 1.0), (report.Rows, report.DataQualityScore));
        Assert.All(report.Columns, c => Assert.Equal((0, 1.0, 1.0, 0.0), (c.Rows, c.Completeness, c.Score, c.MissingShare)));
        Assert.Equal(1, QualityReport.From(null, new Profile(PlanBuilder.Build(1, new RowBatch(), new ModelSettings()))).DataQualityScore);
    }

    [Fact]
    public void A_feature_that_no_row_carries_any_more_scores_zero()
    {
        var report = Report(Rows((i, batch, row) => batch.Feature("number").SetNumber(row, i)));
        Assert.Equal((0.0, 0.0), (Column(report, "category").Completeness, Column(report, "category").Score));
        Assert.Equal((1 + 0 + 0.5) / 3, report.DataQualityScore, 12);
    }

    [Fact]
    public void Labels_are_reported_but_not_in_the_score_and_a_label_not_there_yet_is_not_missing()
    {
        var report = Report(Rows((i, batch, row) =>
        {
            batch.Feature("number").SetNumber(row, i);
            batch.Feature("category").SetText(row, batch.Texts.Add("a"));
            batch.Feature("sparse").SetNumber(row, 60);
            if (i < 10)
                batch.Label.SetText(row, batch.Texts.Add("never seen"));
        }));
        var label = report.Columns.Single(c => c.Role == ColumnRole.Label);
        Assert.Equal((10, 0, 10L, 0.0), (label.Rows, label.Missing, label.Unseen, label.Score));
        Assert.Equal(1, report.DataQualityScore);
    }

    private static RowBatch Rows(Action<int, RowBatch, int> fill)
    {
        var batch = new RowBatch();
        for (var i = 0; i < 100; i++)
            fill(i, batch, batch.AddRow());
        return batch;
    }

    private static Profile Profile(RowBatch rows)
    {
        var profile = new Profile(ReferencePlan);
        profile.Add(rows, [.. Enumerable.Range(0, rows.Count)]);
        return profile;
    }

    private static QualityReport Report(RowBatch rows) => QualityReport.From(Profile(Reference), Profile(rows));

    private static ColumnQuality Column(QualityReport report, string name) => report.Columns.Single(c => c.Name == name);
}
