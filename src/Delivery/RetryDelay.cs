namespace Drift.Delivery;

/// <summary>When to try again: exponential backoff with jitter, so that messages which failed together do not come back together.</summary>
internal static class RetryDelay
{
    /// <param name="options">The first and the longest delay.</param>
    /// <param name="attempts">Attempts so far, from 1.</param>
    /// <param name="jitter">0 to 1: takes up to half of the delay off.</param>
    /// <param name="asked">What the destination asks for, if it does: heeded up to the longest delay, and never undercut.</param>
    public static TimeSpan After(DeliveryOptions options, int attempts, double jitter, TimeSpan? asked = null)
    {
        var doublings = Math.Clamp(attempts - 1, 0, 40);
        var full = Math.Min(options.RetryDelay.TotalSeconds * Math.Pow(2, doublings), options.MaxRetryDelay.TotalSeconds);
        var delay = TimeSpan.FromSeconds(full * (1 - (jitter / 2)));
        if (asked is { } wanted && wanted > delay)
            delay = wanted < options.MaxRetryDelay ? wanted : options.MaxRetryDelay;
        return delay;
    }
}
