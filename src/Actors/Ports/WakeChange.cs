namespace Drift.Actors.Ports;

/// <summary>When an actor is to be woken, in place of what was set before.</summary>
/// <param name="At">When; null: not at all.</param>
public sealed record WakeChange(DateTimeOffset? At);
