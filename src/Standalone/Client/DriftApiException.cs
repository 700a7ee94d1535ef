using System.Net;

namespace Drift.Standalone.Client;

/// <summary>A request that the server did not serve; the message is for the person at the terminal.</summary>
internal sealed class DriftApiException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The cause in a few words, for a line about a retry.</summary>
    public string Reason { get; init; } = message;

    /// <summary>Whether the same request may well be served later: no answer, saturated, or a host that is just starting.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
