namespace Drift.Actors.Ports;

/// <summary>How a call-back is signed, as its headers say (Standard Webhooks).</summary>
/// <param name="Id">The message's id.</param>
/// <param name="Timestamp">Seconds since 1970 when it was signed.</param>
/// <param name="Signature">One or more signatures, separated by spaces.</param>
public sealed record CallbackSignature(string? Id, string? Timestamp, string? Signature);
