using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Drift.Support;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>
    /// Asks the system for a free port, never for the same twice: two servers that are about to start must not meet. Another process may take it before the caller does: whoever starts a server with it
    /// tries again with another one when the server cannot listen.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.TryAdd(port, true))
                return port;
        }
    }
}
