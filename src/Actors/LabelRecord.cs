namespace Drift.Actors;

/// <summary>One label.</summary>
/// <param name="Id">The prediction's id, at most 200 characters.</param>
/// <param name="Label">The true class or number, as a category name.</param>
/// <param name="Time">When it became known; null: on arrival.</param>
public sealed record LabelRecord(string Id, string Label, DateTimeOffset? Time);
