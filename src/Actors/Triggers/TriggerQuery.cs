using Drift.Core.Triggers;

namespace Drift.Actors.Triggers;

/// <summary>Which triggers to list.</summary>
/// <param name="Model">Only those of this model; null: all.</param>
/// <param name="Status">Only those that stand there; null: all.</param>
/// <param name="Before">Only those behind this one in the list, for the next page; null: from the first.</param>
/// <param name="Limit">How many at most.</param>
public sealed record TriggerQuery(string? Model, TriggerStatus? Status, string? Before, int Limit);
