namespace Drift.Core.Performance;

/// <summary>Figures of one class against the rest.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Support">Rows labelled with it (and predicted).</param>
/// <param name="Precision">Right among the rows predicted as it, 0 when there are none.</param>
/// <param name="Recall">Right among the rows labelled with it, 0 when there are none.</param>
/// <param name="F1">Harmonic mean of both, 0 when both are 0.</param>
/// <param name="RocAuc">Area under the ROC curve of its scores; null without scores, or when all or none of the rows are of it. Binary: of the positive class only.</param>
public sealed record ClassReport(string Class, long Support, double Precision, double Recall, double F1, double? RocAuc);
