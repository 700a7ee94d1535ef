using Drift.Core.Detection;
using Drift.Core.Plans;

namespace Drift.Storage;

/// <summary>A verdict as <c>ml_metrics</c> has it.</summary>
/// <param name="PredictionDrift">PSI of the prediction column; null when there is none.</param>
/// <param name="DriftedColumns">How many columns drifted.</param>
/// <param name="ShareMissing">Mean over the columns of the share of rows without a value; null without columns.</param>
/// <param name="DatasetDrift">Whether at least half of the columns drifted.</param>
/// <param name="DriftScore">The combined score.</param>
internal readonly record struct MlMetrics(double? PredictionDrift, int DriftedColumns, double? ShareMissing, bool DatasetDrift, double? DriftScore)
{
    /// <summary>The row of a verdict; null for one that has none there: no verdict was reached, or it is of a segment, which the table cannot tell apart.</summary>
    public static MlMetrics? Of(Verdict verdict) =>
        verdict.Status != VerdictStatus.Ok || verdict.Segment is not null
            ? null
            : new MlMetrics(
                verdict.Features.FirstOrDefault(column => column.Role == ColumnRole.Prediction)?.Psi,
                verdict.DriftedColumns,
                verdict.Features.Count == 0 ? null : verdict.Features.Average(column => column.Missing),
                verdict.Columns > 0 && verdict.DriftedColumns * 2 >= verdict.Columns,
                verdict.CombinedScore);
}
