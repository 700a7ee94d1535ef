using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Api.Integrations;

/// <summary>
/// Checks what MLflow signs: HMAC-SHA256 with the webhook's secret over <c>{delivery id}.{timestamp}.{body}</c>, in Base64 behind <c>v1,</c>.
/// </summary>
internal static class MlflowSignature
{
    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "X-MLflow-Signature";

    /// <summary>The header with the id of the delivery, the same at each attempt.</summary>
    public const string DeliveryHeader = "X-MLflow-Delivery-Id";

    /// <summary>The header with the time of the delivery, seconds since 1970.</summary>
    public const string TimestampHeader = "X-MLflow-Timestamp";

    private const string Version = "v1,";

    /// <summary>Why a delivery is not believed, for the caller; null when it is.</summary>
    /// <param name="secret">The webhook's secret.</param>
    /// <param name="id">The delivery's id, as its header says.</param>
    /// <param name="timestamp">Its time, likewise.</param>
    /// <param name="signature">Its signature, likewise.</param>
    /// <param name="body">The bytes of the body as they came.</param>
    /// <param name="now">The time here.</param>
    /// <param name="maxAge">How far its time may be from that.</param>
    public static string? Refusal(
        string secret, string? id, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan maxAge)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature))
            return $"{DeliveryHeader}, {TimestampHeader} or {SignatureHeader} is missing: create the webhook in MLflow with the secret of Drift:Mlflow:Secret.";
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || !IsSigned(secret, id, timestamp, signature, body))
            return $"{SignatureHeader} is not that of the body: the webhook in MLflow needs the secret of Drift:Mlflow:Secret.";
        var age = now.ToUnixTimeSeconds() - seconds;
        return Math.Abs((double)age) <= maxAge.TotalSeconds
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{TimestampHeader} is {age} seconds old, at most {maxAge.TotalSeconds:0} are taken: is the delivery replayed, or is a clock wrong?");
    }

    private static bool IsSigned(string secret, string id, string timestamp, string signature, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hash.AppendData(body);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(expected);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(expected, given);
    }
}
