using System.Text.Json;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Core.Tests.Performance;

/// <summary>The figures of scikit-learn on the shared data sets.</summary>
public sealed class ScikitLearnTests(ITestOutputHelper output)
{
    private const double Relative = 1e-6;

    [DataFact]
    public void Adult_has_the_figures_of_scikit_learn() => Compare("adult", ModelTask.Binary, (part, report, expected) =>
    {
        Near(expected, "n", report.Labelled);
        Near(expected, "accuracy", report.Accuracy);
        Near(expected, "precision", report.Precision);
        Near(expected, "recall", report.Recall);
        Near(expected, "f1", report.F1);
        Near(expected, "log_loss", report.LogLoss);
        Near(expected, "brier", report.Brier);
        var confusion = expected.GetProperty("confusion");
        Near(confusion, "tp", report.Confusion.Single(c => c is { Predicted: "1", Label: "1" }).Count);
        Near(confusion, "fp", report.Confusion.Single(c => c is { Predicted: "1", Label: "0" }).Count);
        var difference = report.RocAuc!.Value - expected.GetProperty("roc_auc").GetDouble();
        output.WriteLine($"{part}: ROC AUC differs by {difference:e2}, calibration error {report.ExpectedCalibrationError}, estimated accuracy {report.EstimatedAccuracy}");
        Assert.InRange(difference, -5e-4, 5e-4);
        // The model is calibrated, so its scores alone must tell the accuracy to a point and a half.
        Assert.InRange(report.EstimatedAccuracy!.Value - report.Accuracy!.Value, -0.015, 0.015);
    });

    [DataFact]
    public void Bike_hour_has_the_figures_of_scikit_learn() => Compare("bike_hour", ModelTask.Regression, (_, report, expected) =>
    {
        Near(expected, "n", report.Labelled);
        Near(expected, "mae", report.Mae);
        Near(expected, "rmse", report.Rmse);
        Near(expected, "r2", report.R2);
        Near(expected, "mape_sklearn", report.Mape);
        // Prediction minus label: the model was fit on 2011 and predicts too low in the busier 2012.
        Near(expected, "mean_error", report.Bias);
        Assert.True(report.Bias < 0);
    });

    private static void Compare(string name, ModelTask task, Action<string, PerformanceReport, JsonElement> assert)
    {
        using var meta = JsonDocument.Parse(File.ReadAllText(SharedData.PathOf($"{name}.meta.json")));
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedData.PathOf($"{name}.expected.json")));
        var csv = CsvFile.Read(SharedData.PathOf($"{name}.csv"));
        foreach (var part in (string[])["reference", "analysis"])
        {
            var range = meta.RootElement.GetProperty($"{part}_rows");
            var rows = Rows(csv, range[0].GetInt32(), range[1].GetInt32());
            var plan = PlanBuilder.Build(1, rows, new ModelSettings { Task = task, Positive = "1" });
            var report = PerformanceReport.From(PerformanceCountsTests.Counts(rows, plan), "1");
            assert(part, report, expected.RootElement.GetProperty("performance").GetProperty(part));
        }
    }

    private static RowBatch Rows(CsvFile csv, int from, int to)
    {
        var batch = new RowBatch();
        for (var row = from; row < to; row++)
            batch.AddRow();
        Fill(batch.Label, csv.Numbers("target", from, to));
        Fill(batch.Prediction, csv.Numbers("y_pred", from, to));
        if (csv.Columns.Contains("y_score"))
            Fill(batch.Score, csv.Numbers("y_score", from, to));
        return batch;
    }

    private static void Fill(Cells cells, double[] values)
    {
        for (var row = 0; row < values.Length; row++)
            cells.SetNumber(row, values[row]);
    }

    private static void Near(JsonElement expected, string name, double? actual)
    {
        var value = expected.GetProperty(name).GetDouble();
        Assert.True(Math.Abs(value - actual!.Value) <= Relative * Math.Abs(value), $"{name} is {actual}, scikit-learn says {value}");
    }
}
