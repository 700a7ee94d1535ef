namespace Drift.Actors.Alerts;

/// <summary>Which alerts to list.</summary>
/// <param name="State">Only those that stand there; null: all.</param>
/// <param name="Model">Only those of this model; null: all.</param>
/// <param name="Limit">How many at most.</param>
public sealed record AlertQuery(AlertState? State, string? Model, int Limit);
