namespace Drift.Core.Performance;

/// <summary>How many labelled rows have one predicted and one true class.</summary>
/// <param name="Predicted">The predicted class.</param>
/// <param name="Label">The true class.</param>
/// <param name="Count">Rows, above 0.</param>
public sealed record ConfusionCell(string Predicted, string Label, long Count);
