namespace Drift.Actors.Ports;

/// <summary>An entry read back.</summary>
/// <param name="Sequence">Its sequence.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="At">When it was appended.</param>
/// <param name="Payload">The payload.</param>
public sealed record StoredEntry(long Sequence, byte Kind, DateTimeOffset At, byte[] Payload);
