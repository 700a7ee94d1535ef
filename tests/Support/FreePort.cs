using System.Net;
using System.Net.Sockets;

namespace Drift.Support;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>
    /// Asks the system for a free port. Another process may take it before the caller does: whoever starts a server with it
    /// tries again with another one when the server cannot listen.
    /// </summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
