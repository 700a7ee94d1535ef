namespace Drift.Delivery;

/// <summary>How an attempt ended.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Error">Why it failed, without addresses and secrets; null when it did not.</param>
/// <param name="RetryAfter">How long the destination asks to wait.</param>
public readonly record struct DeliveryResult(DeliveryOutcome Outcome, string? Error = null, TimeSpan? RetryAfter = null);
