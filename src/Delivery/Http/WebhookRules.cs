using Microsoft.Extensions.Options;

namespace Drift.Delivery.Http;

/// <summary>What names and secrets of receivers must be.</summary>
internal static class WebhookRules
{
    private const int MinSecretBytes = 16;

    /// <summary>The options of delivery; where they are wrong, which their own validator says once, ones that allow everything.</summary>
    public static DeliveryOptions Known(IOptions<DeliveryOptions> delivery)
    {
        try
        {
            return delivery.Value;
        }
        catch (OptionsValidationException)
        {
            return new DeliveryOptions { AllowLoopback = true, AllowPrivateAddresses = true };
        }
    }

    /// <summary>Whether a text can be the name of a receiver.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    /// <summary>What is wrong with a secret, never saying what it is; null when nothing is.</summary>
    public static string? SecretFault(string key, string? secret, string use) =>
        string.IsNullOrEmpty(secret) ? $"{key} is missing: {use}. Make one with 'openssl rand -base64 24'."
        : WebhookSignature.KeyOf(secret) is not { } bytes ? $"{key} begins with whsec_ but goes on with something that is not Base64."
        : bytes.Length < MinSecretBytes ? $"{key} has {bytes.Length} bytes, must have {MinSecretBytes} or more."
        : null;
}
