using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Drift.Support;

/// <summary>
/// Loopback ports that nobody listens on, for servers that are told their port when they are started. They lie below the range from which
/// systems take the ports of outgoing connections (from 32768 on Linux, 49152 elsewhere): a load on this machine opens thousands of those,
/// and one of them may sit on a port by the time a server wants to listen there.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int End = 32_768;

    // A claim is a locked file, so that processes that run beside each other are never given the same port; the system frees it with its process.
    private static readonly DirectoryInfo Claims = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"drift-ports-{Environment.UserName}"));
    private static readonly ConcurrentDictionary<int, FileStream> Given = new();
    private static int _last = Environment.ProcessId * 64;

    /// <summary>Gives a port that nobody listens on, and that no process that asks here is given until this one ends.</summary>
    /// <exception cref="InvalidOperationException">None is left.</exception>
    public static int Next()
    {
        for (var tries = First; tries < End; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % (End - First));
            // Claimed first: looking means to listen for a moment, which must not be on a port that another test takes for a server that is away.
            if (!Given.ContainsKey(port) && TryClaim(port) && IsFree(port))
                return port;
        }

        throw new InvalidOperationException($"No port from {First} to {End - 1} is free.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool TryClaim(int port)
    {
        try
        {
            var file = Path.Combine(Claims.FullName, port.ToString(CultureInfo.InvariantCulture));
            var claim = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (Given.TryAdd(port, claim))
                return true;
            claim.Dispose();
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
