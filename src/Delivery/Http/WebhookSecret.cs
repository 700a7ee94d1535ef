namespace Drift.Delivery.Http;

/// <summary>What secrets of webhooks must be.</summary>
internal static class WebhookSecret
{
    private const int MinBytes = 16;

    /// <summary>What is wrong with a secret, never saying what it is; null when nothing is.</summary>
    public static string? Fault(string key, string? secret, string use) =>
        string.IsNullOrEmpty(secret) ? $"{key} is missing: {use}. Make one with 'openssl rand -base64 24'."
        : WebhookSignature.KeyOf(secret) is not { } bytes ? $"{key} begins with whsec_ but goes on with something that is not Base64."
        : bytes.Length < MinBytes ? $"{key} has {bytes.Length} bytes, must have {MinBytes} or more."
        : null;
}
