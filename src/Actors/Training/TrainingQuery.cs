using Drift.Core.Training;

namespace Drift.Actors.Training;

/// <summary>Which runs to list.</summary>
/// <param name="Model">Only those of this model; null: all.</param>
/// <param name="Status">Only those that stand there; null: all.</param>
/// <param name="TriggerId">Only those of this trigger; null: all.</param>
/// <param name="Before">Only those behind this one in the list, for the next page; null: from the first.</param>
/// <param name="Limit">How many at most.</param>
public sealed record TrainingQuery(string? Model, TrainingStatus? Status, string? TriggerId, string? Before, int Limit);
