namespace Drift.Core.Adapters;

/// <summary>One line of the table of transitions.</summary>
/// <param name="From">The phase before.</param>
/// <param name="Command">What leads on.</param>
/// <param name="To">The phase after.</param>
public readonly record struct AdapterTransitionRule(AdapterPhase From, AdapterCommand Command, AdapterPhase To);
