namespace Drift.Delivery.Http;

/// <summary>An answer, or why there is none.</summary>
/// <param name="Status">The HTTP status; null without an answer.</param>
/// <param name="Body">The body; empty without an answer.</param>
/// <param name="Error">What is wrong with it, as the end of "the destination …"; null of a successful one.</param>
internal readonly record struct HttpAnswer(int? Status, string Body, string? Error)
{
    /// <summary>How long the destination asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
