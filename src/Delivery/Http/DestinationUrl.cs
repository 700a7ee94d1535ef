using System.Net;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Http;

/// <summary>Checks configured addresses. Never says what they are, because many are secrets.</summary>
internal static class DestinationUrl
{
    /// <summary>What addresses are checked by; everything is allowed where these options are wrong, which their own validator says, once.</summary>
    public static DeliveryOptions Limits(IOptions<DeliveryOptions> delivery)
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

    /// <summary>What is wrong with an address; null when nothing is.</summary>
    public static string? Fault(string key, string? url, DeliveryOptions options)
    {
        if (string.IsNullOrWhiteSpace(url))
            return $"{key} is missing.";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return $"{key} is no address that begins with http:// or https:// (it is not shown here, it may be a secret).";
        if (uri.UserInfo.Length > 0)
            return $"{key} holds a user name, which is not sent; put what is secret into the path or the query (it is not shown here).";
        var address = IPAddress.TryParse(uri.IdnHost, out var literal) ? literal : uri.IdnHost == "localhost" ? IPAddress.Loopback : null;
        return address is not null && AddressGuard.Refusal(address, options) is { } refusal ? $"{key} cannot be used: it {refusal}." : null;
    }
}
