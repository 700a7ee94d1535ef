namespace Drift.Actors.Adapters;

/// <summary>What a monitored model counted of one LoRA version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Labelled">Those of them with a prediction and a label.</param>
/// <param name="Correct">Of classification: those of them that were predicted right.</param>
/// <param name="MeanAbsoluteError">Of regression: the mean absolute error of the labelled; null without any.</param>
public sealed record AdapterOutcome(string Version, long Rows, long Labelled, long Correct, double? MeanAbsoluteError);
