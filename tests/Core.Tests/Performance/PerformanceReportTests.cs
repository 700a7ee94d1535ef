using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Performance;

public sealed class PerformanceReportTests
{
    [Fact]
    public void Multiclass_averages_are_those_computed_by_hand()
    {
        // Per class: a P 2/3 R 1, b P 1/2 R 1/2, c P 1 (1/1) R 1/2; supports 2, 2, 2.
        var report = Classes(("a", "a"), ("a", "a"), ("b", "b"), ("a", "b"), ("c", "c"), ("b", "c"));
        Assert.Equal(4.0 / 6, report.Accuracy!.Value, 12);
        Assert.Equal(((2.0 / 3) + 0.5 + 1) / 3, report.PrecisionMacro!.Value, 12);
        Assert.Equal((1 + 0.5 + 0.5) / 3, report.RecallMacro!.Value, 12);
        Assert.Equal((0.8 + 0.5 + (2.0 / 3)) / 3, report.F1Macro!.Value, 12);
        Assert.Equal(report.F1Macro, report.F1);
        Assert.Equal(report.PrecisionMacro!.Value, report.PrecisionWeighted!.Value, 12);
        Assert.Equal([("a", 2), ("b", 2), ("c", 2)], report.Classes.Select(c => (c.Class, (int)c.Support)));
        Assert.Contains(new ConfusionCell("a", "b", 1), report.Confusion);
        Assert.Equal(6, report.Confusion.Sum(c => c.Count));
    }

    [Fact]
    public void Weighted_averages_weigh_by_labels()
    {
        // a: P 1, R 3/4, F1 6/7, support 4; b: P 1/2, R 1, F1 2/3, support 1.
        var report = Classes(("a", "a"), ("a", "a"), ("a", "a"), ("b", "a"), ("b", "b"));
        Assert.Equal(0.9, report.PrecisionWeighted!.Value, 12);
        Assert.Equal(0.8, report.RecallWeighted!.Value, 12);
        Assert.Equal(((6.0 / 7 * 4) + (2.0 / 3)) / 5, report.F1Weighted!.Value, 12);
        Assert.Equal(0.75, report.PrecisionMacro!.Value, 12);
    }

    [Fact]
    public void A_class_never_predicted_or_never_labelled_has_zero_instead_of_a_division_by_zero()
    {
        var report = Classes(("a", "b"), ("a", "b"));
        Assert.Equal(0, report.Accuracy);
        Assert.Equal([("a", 0.0, 0.0, 0.0), ("b", 0.0, 0.0, 0.0)], report.Classes.Select(c => (c.Class, c.Precision, c.Recall, c.F1)));
        Assert.Equal((0.0, 0.0), (report.F1Macro, report.F1Weighted));
    }

    [Fact]
    public void Binary_figures_are_those_of_the_positive_class_even_when_it_never_occurs()
    {
        var report = Binary([("no", "no", 0.1), ("no", "no", 0.2)]);
        Assert.Equal((1.0, 0.0, 0.0, 0.0), (report.Accuracy, report.Precision, report.Recall, report.F1));
        Assert.Null(report.RocAuc);
        Assert.Null(PerformanceReport.From(new PerformanceCounts(ModelTask.Binary), "yes").Precision);
    }

    [Fact]
    public void Calibration_error_log_loss_brier_and_estimated_accuracy_are_those_computed_by_hand()
    {
        // Bins: [0.9, 1]: two rows of mean 0.95, half positive; [0.2, 0.3): one row of 0.2, negative.
        var report = Binary([("yes", "yes", 0.9), ("yes", "no", 1.0), ("no", "no", 0.2), ("no", null, 0.3)]);
        Assert.Equal(((2 * 0.45) + 0.2) / 3, report.ExpectedCalibrationError!.Value, 12);
        Assert.Equal((0.01 + 1 + 0.04) / 3, report.Brier!.Value, 12);
        Assert.Equal((-Math.Log(0.9) - Math.Log(1 - (1 - 2.220446049250313e-16)) - Math.Log(0.8)) / 3, report.LogLoss!.Value, 9);
        Assert.Equal((0.9 + 1 + 0.8 + 0.7) / 4, report.EstimatedAccuracy!.Value, 12);
        Assert.Equal((3, 3, 4), (report.Labelled, report.Scored, report.EstimatedRows));
        Assert.Equal(0.5, report.RocAuc);
    }

    [Fact]
    public void Scores_that_are_no_probabilities_are_counted_and_left_out()
    {
        var report = Binary([("yes", "yes", 1.5), ("yes", "yes", double.NaN), ("no", "no", -0.1), ("yes", "yes", 0.75)]);
        Assert.Equal((4, 1, 3), (report.Labelled, report.Scored, report.InvalidScores));
        Assert.Equal(0.0625, report.Brier);
        Assert.Equal(0.75, report.EstimatedAccuracy);
    }

    [Fact]
    public void Multiclass_scores_give_areas_log_loss_and_brier_per_class()
    {
        var batch = new RowBatch();
        foreach (var (predicted, label, scores) in (IEnumerable<(string, string, double[])>)[
            ("a", "a", [0.7, 0.2, 0.1]), ("b", "b", [0.2, 0.5, 0.3]), ("a", "c", [0.6, 0.3, 0.1]), ("c", "c", [0.0, 0.2, 0.8])])
        {
            var row = batch.AddRow();
            batch.Prediction.SetText(row, batch.Texts.Add(predicted));
            batch.Label.SetText(row, batch.Texts.Add(label));
            for (var k = 0; k < 3; k++)
                batch.ClassScore("abc"[k..(k + 1)]).SetNumber(row, scores[k]);
        }

        var report = Report(batch, ModelTask.Multiclass, null);
        Assert.Equal(1, report.Classes[0].RocAuc);
        Assert.Equal(1, report.Classes[1].RocAuc);
        // c: positives 0.1 and 0.8 against 0.1 and 0.3: ½ + 0 + 1 + 1 of 4.
        Assert.Equal(0.625, report.Classes[2].RocAuc);
        Assert.Equal((1 + 1 + 0.625) / 3, report.RocAuc!.Value, 12);
        Assert.Equal(-(Math.Log(0.7) + Math.Log(0.5) + Math.Log(0.1) + Math.Log(0.8)) / 4, report.LogLoss!.Value, 12);
        Assert.Equal((0.14 + 0.38 + 1.26 + 0.08) / 4, report.Brier!.Value, 12);
        Assert.Equal((0.7 + 0.5 + 0.6 + 0.8) / 4, report.EstimatedAccuracy!.Value, 12);
        Assert.Equal((0.3 + 0.5 + 0.6 + 0.2) / 4, report.ExpectedCalibrationError!.Value, 12);
    }

    [Fact]
    public void Classes_mean_the_same_as_text_number_and_boolean()
    {
        var batch = new RowBatch();
        for (var i = 0; i < 3; i++)
            batch.AddRow();
        batch.Prediction.SetNumber(0, 1);
        batch.Label.SetText(0, batch.Texts.Add("1"));
        batch.Prediction.SetBoolean(1, true);
        batch.Label.SetText(1, batch.Texts.Add("true"));
        batch.Prediction.SetNumber(2, 2, batch.Texts.Add("2.0"));
        batch.Label.SetNumber(2, 2);
        Assert.Equal(1, Report(batch, ModelTask.Multiclass, null).Accuracy);
    }

    [Fact]
    public void Regression_figures_are_those_computed_by_hand()
    {
        var report = Values((3, 2), (1, 2), (5, 4), (4, 8));
        Assert.Equal((1 + 1 + 1 + 4) / 4.0, report.Mae);
        Assert.Equal(Math.Sqrt(19 / 4.0), report.Rmse!.Value, 12);
        Assert.Equal((0.5 + 0.5 + 0.25 + 0.5) / 4, report.Mape);
        Assert.Equal(-0.75, report.Bias);
        Assert.Equal(1 - (19.0 / 24), report.R2!.Value, 12);
    }

    [Fact]
    public void R2_does_not_cancel_far_from_zero()
    {
        // Labels 10¹⁵ + {0, 1, 2}, of which squares differ in the 30th digit: spread 2, errors 0.25.
        var report = Values((1e15, 1e15), (1e15 + 1.5, 1e15 + 1), (1e15 + 2, 1e15 + 2));
        Assert.Equal(0.875, report.R2!.Value, 12);
    }

    [Fact]
    public void R2_of_one_row_is_not_defined_and_of_a_constant_label_zero_or_one()
    {
        Assert.Null(Values((1, 1)).R2);
        Assert.Equal(0, Values((1, 1)).Mae);
        Assert.Equal(1, Values((0.1, 0.1), (0.1, 0.1), (0.1, 0.1)).R2);
        Assert.Equal(0, Values((0.2, 0.1), (0.1, 0.1)).R2);
    }

    [Fact]
    public void Values_that_cannot_be_summed_are_counted_apart()
    {
        var report = Values((1, 2), (double.NaN, 1), (1, double.PositiveInfinity), (1e300, 1), (-1e300, 1e300));
        Assert.Equal((1, 4), (report.Labelled, report.InvalidValues));
        Assert.Equal(1, report.Mae);
        Assert.Null(Values().Mae);
    }

    [Fact]
    public void Names_become_the_expected_ones_in_snake_case()
    {
        var policy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        Assert.Equal(
            ["f1", "f1_macro", "f1_weighted", "roc_auc", "r2", "mae", "expected_calibration_error", "class"],
            ((string[])[
                nameof(PerformanceReport.F1), nameof(PerformanceReport.F1Macro), nameof(PerformanceReport.F1Weighted), nameof(PerformanceReport.RocAuc),
                nameof(PerformanceReport.R2), nameof(PerformanceReport.Mae), nameof(PerformanceReport.ExpectedCalibrationError), nameof(ClassReport.Class)])
            .Select(policy.ConvertName));
    }

    private static PerformanceReport Classes(params (string Predicted, string Label)[] rows)
    {
        var batch = new RowBatch();
        foreach (var (predicted, label) in rows)
        {
            var row = batch.AddRow();
            batch.Prediction.SetText(row, batch.Texts.Add(predicted));
            batch.Label.SetText(row, batch.Texts.Add(label));
        }

        return Report(batch, ModelTask.Multiclass, null);
    }

    private static PerformanceReport Binary((string Predicted, string? Label, double Score)[] rows)
    {
        var batch = new RowBatch();
        foreach (var (predicted, label, score) in rows)
        {
            var row = batch.AddRow();
            batch.Prediction.SetText(row, batch.Texts.Add(predicted));
            if (label is not null)
                batch.Label.SetText(row, batch.Texts.Add(label));
            batch.Score.SetNumber(row, score);
        }

        return Report(batch, ModelTask.Binary, "yes");
    }

    private static PerformanceReport Values(params (double Prediction, double Label)[] rows)
    {
        var batch = new RowBatch();
        foreach (var (prediction, label) in rows)
        {
            var row = batch.AddRow();
            batch.Prediction.SetNumber(row, prediction);
            batch.Label.SetNumber(row, label);
        }

        return Report(batch, ModelTask.Regression, null);
    }

    private static PerformanceReport Report(RowBatch batch, ModelTask task, string? positive)
    {
        var plan = PlanBuilder.Build(1, batch, new ModelSettings { Task = task, Positive = positive });
        return PerformanceReport.From(PerformanceCountsTests.Counts(batch, plan), positive);
    }
}
