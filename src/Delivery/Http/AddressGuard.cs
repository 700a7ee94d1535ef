using System.Net;
using System.Net.Sockets;

namespace Drift.Delivery.Http;

/// <summary>Says which addresses must not be connected to, so that a URL of a destination cannot reach into the network that the host stands in.</summary>
internal static class AddressGuard
{
    // IANA's special-purpose registries, without what is globally reachable.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Why an address must not be connected to, as the end of "the destination …"; null when it may.</summary>
    public static string? Refusal(IPAddress address, DeliveryOptions options)
    {
        var real = Unwrap(address);
        if (IPAddress.IsLoopback(real))
            return options.AllowLoopback ? null : $"is on this machine, which {DeliveryOptions.SectionName}:{nameof(options.AllowLoopback)} does not allow";
        if (Special.Any(network => network.Contains(real)))
            return options.AllowPrivateAddresses ? null : $"has a private address, which {DeliveryOptions.SectionName}:{nameof(options.AllowPrivateAddresses)} does not allow";
        return null;
    }

    // An IPv4 address in the clothes of an IPv6 one is judged as what it leads to.
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : address;
    }
}
