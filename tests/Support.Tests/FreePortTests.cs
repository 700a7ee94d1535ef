using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Drift.Support.Tests;

public sealed class FreePortTests
{
    [Fact]
    public async Task Many_who_ask_at_once_each_get_a_port_of_their_own()
    {
        var ports = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(FreePort.Next)));

        Assert.Equal(ports.Length, ports.Distinct().Count());
    }

    [Fact]
    public void A_port_that_somebody_listens_on_is_not_given()
    {
        // Ports are given in order; tests beside this one may be given some of the next, too.
        var next = FreePort.Next() + 1;
        var servers = Enumerable.Range(next, 8).Select(p => new TcpListener(IPAddress.Loopback, p)).Where(TryStart).ToList();

        var given = Enumerable.Range(0, 8).Select(_ => FreePort.Next()).ToList();

        Assert.NotEmpty(servers);
        Assert.DoesNotContain(servers, s => given.Contains(((IPEndPoint)s.LocalEndpoint).Port));
        servers.ForEach(s => s.Dispose());
    }

    [Fact]
    public void Outgoing_connections_never_take_a_port_that_was_given()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        var first = File.Exists(Range) ? int.Parse(File.ReadAllText(Range).Split()[0], CultureInfo.InvariantCulture) : 49_152;

        Assert.InRange(FreePort.Next(), 1_024, first - 1);
    }

    private static bool TryStart(TcpListener server)
    {
        try
        {
            server.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
