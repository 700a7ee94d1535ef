namespace Drift.Actors.Ports;

/// <summary>Which entries to list.</summary>
/// <param name="State">Only those that stand there; null: all.</param>
/// <param name="Destination">Only those to this destination; null: all.</param>
/// <param name="Limit">How many at most.</param>
public sealed record OutboxQuery(OutboxState? State, string? Destination, int Limit);
