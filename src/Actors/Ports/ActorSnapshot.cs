namespace Drift.Actors.Ports;

/// <summary>A stored snapshot.</summary>
/// <param name="Version">Counts writes, from 1.</param>
/// <param name="JournalSequence">The last journal sequence that the snapshot contains.</param>
/// <param name="Payload">Its bytes.</param>
public sealed record ActorSnapshot(long Version, long JournalSequence, byte[] Payload);
