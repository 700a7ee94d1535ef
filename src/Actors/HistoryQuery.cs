namespace Drift.Actors;

/// <summary>What to read from history.</summary>
/// <param name="From">Not older than this.</param>
/// <param name="Window">Only this window; null for all.</param>
/// <param name="Feature">Only this column's figures; null for the model's.</param>
/// <param name="Limit">At most so many entries, 1 to 10 000.</param>
public sealed record HistoryQuery(DateTimeOffset From, string? Window, string? Feature, int Limit);
