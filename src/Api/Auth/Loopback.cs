using System.Net;

namespace Drift.Api.Auth;

/// <summary>Tells this machine from others.</summary>
internal static class Loopback
{
    /// <summary>Whether a host name or address (without port) can only mean this machine.</summary>
    public static bool IsHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsAddress(address));

    /// <summary>Whether a peer is on this machine; null is a peer without an address: a Unix socket or an in-memory transport.</summary>
    public static bool IsAddress(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
