namespace Drift.Api.Auth;

/// <summary>
/// Says on an endpoint that callers without a key get through to it when they sign what they send: the endpoint itself then looks whether the
/// signature holds.
/// </summary>
public sealed record SignedCallbacks
{
    /// <summary>The header with the message's id (Standard Webhooks).</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the time of signing, seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with the signatures.</summary>
    public const string SignatureHeader = "webhook-signature";
}
