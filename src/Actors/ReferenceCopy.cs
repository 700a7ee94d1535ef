namespace Drift.Actors;

/// <summary>A reference on its way to another model.</summary>
/// <param name="Plan">The encoded plan.</param>
/// <param name="Profile">The encoded reference profiles by segment.</param>
public sealed record ReferenceCopy(byte[] Plan, byte[] Profile);
