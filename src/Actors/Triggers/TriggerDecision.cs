namespace Drift.Actors.Triggers;

/// <summary>What came of an observation.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="TriggerId">The trigger that it made; null when it made none.</param>
public sealed record TriggerDecision(TriggerOutcome Outcome, string? TriggerId = null);
