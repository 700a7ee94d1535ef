using Drift.Core.Settings;

namespace Drift.Core.Performance;

/// <summary>
/// How well a model predicts: the figures of a set of <see cref="PerformanceCounts"/>, after scikit-learn's definitions
/// (<c>sklearn.metrics</c>). A figure that is not defined is null (no labels, no scores, one class only, another task); no figure is
/// ever NaN or infinite. Shares, and scores built from them, are in 0..1. Immutable.
/// </summary>
/// <remarks>
/// Division by zero follows scikit-learn's <c>zero_division=0</c>: the precision of a class that was never predicted, the recall of
/// a class without labels and the F1 of both being 0 are 0. Per-class and averaged figures leave
/// <see cref="PerformanceCounts.OtherClass"/> out, since what is right is not known in it; accuracy is exact all the same.
/// </remarks>
public sealed record PerformanceReport
{
    /// <summary>What the model does.</summary>
    public ModelTask Task { get; init; }

    /// <summary>Rows with a prediction and a label.</summary>
    public long Labelled { get; init; }

    /// <summary>Rows with a label and the scores that log loss and Brier score need.</summary>
    public long Scored { get; init; }

    /// <summary>Rows whose score is not a number in [0, 1].</summary>
    public long InvalidScores { get; init; }

    /// <summary>Regression: rows whose prediction or label is not a usable number.</summary>
    public long InvalidValues { get; init; }

    /// <summary>Share of labelled rows predicted right.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Accuracy expected from the scores alone, see <see cref="ConfidenceEstimate"/>; needs no labels.</summary>
    public double? EstimatedAccuracy { get; init; }

    /// <summary>Rows behind <see cref="EstimatedAccuracy"/>.</summary>
    public long EstimatedRows { get; init; }

    /// <summary>Binary: TP/(TP+FP) of the positive class. Multiclass: <see cref="PrecisionMacro"/>.</summary>
    public double? Precision { get; init; }

    /// <summary>Binary: TP/(TP+FN) of the positive class. Multiclass: <see cref="RecallMacro"/>.</summary>
    public double? Recall { get; init; }

    /// <summary>Binary: 2TP/(2TP+FP+FN) of the positive class. Multiclass: <see cref="F1Macro"/>.</summary>
    public double? F1 { get; init; }

    /// <summary>Mean precision of the classes that were predicted or labelled.</summary>
    public double? PrecisionMacro { get; init; }

    /// <summary>Mean recall of the classes that were predicted or labelled.</summary>
    public double? RecallMacro { get; init; }

    /// <summary>Mean F1 of the classes that were predicted or labelled.</summary>
    public double? F1Macro { get; init; }

    /// <summary>Precision of the classes weighted by their labels.</summary>
    public double? PrecisionWeighted { get; init; }

    /// <summary>Recall of the classes weighted by their labels.</summary>
    public double? RecallWeighted { get; init; }

    /// <summary>F1 of the classes weighted by their labels.</summary>
    public double? F1Weighted { get; init; }

    /// <summary>
    /// Area under the ROC curve from binned scores (1 635 bins; usually within 10⁻⁴ of the exact one). Multiclass: mean of one class
    /// against the rest, over the classes that have both sides.
    /// </summary>
    public double? RocAuc { get; init; }

    /// <summary>Mean −ln of the score of the label's class, scores clipped to 2⁻⁵² from 0 and 1 (and, multiclass, made to sum to 1), in nats.</summary>
    public double? LogLoss { get; init; }

    /// <summary>Mean squared error of the scores: binary (p − y)², 0..1; multiclass Σ(pₖ − yₖ)² over the classes, 0..2 for scores that sum to 1.</summary>
    public double? Brier { get; init; }

    /// <summary>
    /// Σ n_b/n · |share right − mean score| over ten equal-width bins (Guo et al. 2017). Binary: score and share of the positive class;
    /// multiclass: score of the predicted class and share of right predictions.
    /// </summary>
    public double? ExpectedCalibrationError { get; init; }

    /// <summary>Rows by predicted and labelled class; only pairs that occur, by name.</summary>
    public IReadOnlyList<ConfusionCell> Confusion { get; init; } = [];

    /// <summary>Figures of each class that was predicted or labelled, by name.</summary>
    public IReadOnlyList<ClassReport> Classes { get; init; } = [];

    /// <summary>Mean absolute error, in the unit of the label.</summary>
    public double? Mae { get; init; }

    /// <summary>Root of the mean squared error, in the unit of the label.</summary>
    public double? Rmse { get; init; }

    /// <summary>Mean of |error| / max(|label|, 2.22·10⁻¹⁶), a share (not per cent): huge when labels of 0 occur, as in scikit-learn.</summary>
    public double? Mape { get; init; }

    /// <summary>
    /// 1 − Σ(y − ŷ)² / Σ(y − ȳ)², at most 1. Null below two rows; for a constant label 1 when every error is 0, else 0. The
    /// second sum is n·Σy² − (Σy)² in exact integers over n, so that nothing cancels however far the labels are from 0.
    /// </summary>
    public double? R2 { get; init; }

    /// <summary>Mean of prediction − label, in the unit of the label: above 0 when the model predicts too high.</summary>
    public double? Bias { get; init; }

    /// <summary>Makes the figures of counts.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="positive">Name of the positive class of a binary task; without it precision, recall and F1 are null.</param>
    public static PerformanceReport From(PerformanceCounts counts, string? positive)
    {
        var report = new PerformanceReport
        {
            Task = counts.Task,
            Labelled = counts.Labelled,
            Scored = counts.Scored,
            InvalidScores = counts.InvalidScores,
            InvalidValues = counts.InvalidValues,
            EstimatedAccuracy = counts.Confidence.Accuracy,
            EstimatedRows = counts.Confidence.Rows,
        };
        return counts.Task switch
        {
            ModelTask.Regression => Regression(report, counts),
            ModelTask.Binary or ModelTask.Multiclass => Classification(report, counts, positive),
            _ => report,
        };
    }

    private static PerformanceReport Regression(PerformanceReport report, PerformanceCounts counts)
    {
        var n = counts.Labelled;
        return n == 0 ? report : report with
        {
            Mae = Finite(counts.AbsoluteErrors.Mean(n)),
            Rmse = Finite(Math.Sqrt(Math.Max(0, counts.SquaredErrors.Mean(n)))),
            Mape = Finite(counts.RelativeErrors.Mean(n)),
            Bias = Finite(counts.Errors.Mean(n)),
            R2 = n < 2 ? null : Determination(counts, n),
        };
    }

    private static double? Determination(PerformanceCounts counts, long n)
    {
        // In units: sums in 2^-1074, products of two sums in 2^-2148.
        var labels = counts.Labels.Units;
        var spread = ((n * counts.SquaredLabels.Units) << -ExactSum.UnitExponent) - (labels * labels);
        var errors = (n * counts.SquaredErrors.Units) << -ExactSum.UnitExponent;
        // Squares below the smallest double are lost, so labels of 10⁻¹⁶⁰ may seem constant, or less.
        if (spread.Sign <= 0)
            return errors.IsZero ? 1 : 0;
        return Finite(1 - ExactSum.Divide(errors, spread));
    }

    private static PerformanceReport Classification(PerformanceReport report, PerformanceCounts counts, string? positive)
    {
        var confusion = counts.Confusion().Select(c => new ConfusionCell(c.Predicted, c.Label, c.Count)).ToArray();
        var predictions = Totals(confusion, c => c.Predicted);
        var labels = Totals(confusion, c => c.Label);
        var hits = Totals(confusion.Where(c => c.Predicted == c.Label), c => c.Label);

        var classes = new List<ClassReport>();
        var areas = new List<double>();
        foreach (var (name, histogram) in counts.Classes())
        {
            var area = counts.Task == ModelTask.Multiclass ? histogram?.RocAuc : name == positive ? counts.Histogram?.RocAuc : null;
            if (area is { } defined)
                areas.Add(defined);
            long predicted = predictions.GetValueOrDefault(name), support = labels.GetValueOrDefault(name), hit = hits.GetValueOrDefault(name);
            if (predicted + support > 0)
                classes.Add(new ClassReport(name, support, Share(hit, predicted), Share(hit, support), Share(2 * hit, predicted + support), area));
        }

        report = report with { Confusion = confusion, Classes = classes };
        if (counts.Labelled > 0)
            report = report with { Accuracy = Share(counts.Correct, counts.Labelled) };
        if (classes.Count > 0)
        {
            var supported = classes.Sum(c => c.Support);
            double Weighted(Func<ClassReport, double> figure) =>
                supported == 0 ? 0 : classes.Sum(c => figure(c) * c.Support) / supported;
            report = report with
            {
                PrecisionMacro = classes.Average(c => c.Precision),
                RecallMacro = classes.Average(c => c.Recall),
                F1Macro = classes.Average(c => c.F1),
                PrecisionWeighted = Weighted(c => c.Precision),
                RecallWeighted = Weighted(c => c.Recall),
                F1Weighted = Weighted(c => c.F1),
            };
            report = counts.Task == ModelTask.Multiclass
                ? report with { Precision = report.PrecisionMacro, Recall = report.RecallMacro, F1 = report.F1Macro }
                : positive is null ? report : OfClass(report, classes.Find(c => c.Class == positive) ?? new ClassReport(positive, 0, 0, 0, 0, null));
        }

        var (logLoss, brier) = counts.ScoreSums;
        var scored = counts.Scored;
        return report with
        {
            RocAuc = counts.Task == ModelTask.Binary ? counts.Histogram?.RocAuc : areas.Count == 0 ? null : areas.Average(),
            LogLoss = scored == 0 ? null : FixedPoint.Mean(logLoss, scored),
            Brier = scored == 0 ? null : FixedPoint.Mean(brier, scored),
            ExpectedCalibrationError = CalibrationError(counts.Calibration),
        };
    }

    private static PerformanceReport OfClass(PerformanceReport report, ClassReport positive) =>
        report with { Precision = positive.Precision, Recall = positive.Recall, F1 = positive.F1 };

    private static double? CalibrationError(ReadOnlySpan<PerformanceCounts.CalibrationBin> bins)
    {
        var error = 0.0;
        long rows = 0;
        foreach (ref readonly var bin in bins)
        {
            if (bin.Rows == 0)
                continue;
            error += bin.Rows * Math.Abs(((double)bin.Right / bin.Rows) - bin.MeanConfidence);
            rows += bin.Rows;
        }

        return rows == 0 ? null : error / rows;
    }

    private static Dictionary<string, long> Totals(IEnumerable<ConfusionCell> cells, Func<ConfusionCell, string> key) =>
        cells.GroupBy(key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(c => c.Count), StringComparer.Ordinal);

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
