namespace Drift.Storage;

/// <summary>How many rows a sweep deleted.</summary>
/// <param name="DriftMetrics">Of <c>drift_metrics</c>.</param>
/// <param name="FeatureDrift">Of <c>feature_drift</c>.</param>
/// <param name="MlMetrics">Of <c>ml_metrics</c>.</param>
/// <param name="Predictions">Of <c>predictions</c>.</param>
/// <param name="Labels">Of <c>labels</c>.</param>
/// <param name="Alerts">Of <c>alerts</c>.</param>
/// <param name="Silences">Of <c>silences</c>.</param>
/// <param name="Outbox">Of <c>outbox</c>.</param>
/// <param name="Gpus">Of <c>gpu_samples</c> and <c>gpu_nodes</c>.</param>
/// <param name="Triggers">Of <c>finetuning_triggers</c>.</param>
/// <param name="Training">Of <c>training_runs</c> and <c>training_metrics</c>.</param>
public readonly record struct RetentionReport(
    long DriftMetrics, long FeatureDrift, long MlMetrics, long Predictions, long Labels, long Alerts = 0, long Silences = 0, long Outbox = 0, long Gpus = 0,
    long Triggers = 0, long Training = 0)
{
    /// <summary>Rows of all tables.</summary>
    public long Total => DriftMetrics + FeatureDrift + MlMetrics + Predictions + Labels + Alerts + Silences + Outbox + Gpus + Triggers + Training;
}
