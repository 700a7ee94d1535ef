using System.Security.Cryptography;
using System.Text;

namespace Drift.Delivery.Http;

/// <summary>
/// Signs messages as <see href="https://www.standardwebhooks.com">Standard Webhooks</see> says: HMAC-SHA256 over
/// <c>id.timestamp.body</c>, in Base64 behind <c>v1,</c>. Libraries for receivers exist for most languages.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header with the message's id.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the time of the attempt, seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string Base64Prefix = "whsec_";

    /// <summary>The key that a secret stands for: the bytes in Base64 behind <c>whsec_</c>, or else its text in UTF-8. Null when the Base64 is none.</summary>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Base64Prefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(secret);
        try
        {
            return Convert.FromBase64String(secret[Base64Prefix.Length..]);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The value of the signature's header.</summary>
    /// <param name="key">The key.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="timestamp">Seconds since 1970.</param>
    /// <param name="body">The bytes of the body as sent.</param>
    public static string Sign(ReadOnlySpan<byte> key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}";
    }

    /// <summary>Whether one of the signatures of a header is that of a message. Takes as long for a wrong one as for a right one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="timestamp">Seconds since 1970.</param>
    /// <param name="body">The bytes of the body as received.</param>
    /// <param name="header">The value of the signature's header: signatures separated by spaces, as while a secret is replaced.</param>
    public static bool Holds(ReadOnlySpan<byte> key, string id, long timestamp, ReadOnlySpan<byte> body, string header)
    {
        var right = Encoding.UTF8.GetBytes(Sign(key, id, timestamp, body));
        var holds = false;
        foreach (var signature in header.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            holds |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), right);
        return holds;
    }
}
