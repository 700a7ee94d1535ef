using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drift.Support.Tests;

public sealed class PrometheusTests
{
    private const string Exposition =
        """
        # HELP drift_psi Population stability index of the worst column.
        # TYPE drift_psi gauge
        drift_psi{model="credit"} 0.25
        drift_psi{model="fraud"} NaN

        """;

    [PrometheusFact]
    public async Task A_scraped_series_can_be_queried()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(target, stop.Token);
        await using var server = await PrometheusServer.StartAsync([target.LocalEndpoint.ToString()!]);

        await Eventually.Async(
            async () => (await server.QueryAsync("drift_psi")).Count == 2, TimeSpan.FromSeconds(30), "Prometheus has scraped two series");

        var credit = Assert.Single(await server.QueryAsync("drift_psi{model='credit'}"));
        Assert.Equal(0.25, credit.Value);
        Assert.Equal("drift_psi", credit.Labels["__name__"]);
        Assert.True(double.IsNaN(Assert.Single(await server.QueryAsync("drift_psi{model='fraud'}")).Value));
        Assert.Equal(double.PositiveInfinity, Assert.Single(await server.QueryAsync("scalar(vector(1)) / 0")).Value);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => server.QueryAsync("sum("));
        Assert.Contains("parse error", refused.Message, StringComparison.Ordinal);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }

    [PrometheusFact]
    public async Task Promtool_accepts_a_valid_exposition_and_says_what_is_wrong_with_another()
    {
        var valid = await Promtool.CheckMetricsAsync(Exposition);
        Assert.Equal(0, valid.ExitCode);

        var unnamed = await Promtool.CheckMetricsAsync("# HELP requests Requests.\n# TYPE requests counter\nrequests 1\n");
        Assert.NotEqual(0, unnamed.ExitCode);
        Assert.Contains("_total", unnamed.Output, StringComparison.Ordinal);

        var broken = await Promtool.CheckMetricsAsync("drift_psi{ 1\n");
        Assert.NotEqual(0, broken.ExitCode);
    }

    // The smallest server that Prometheus scrapes: one answer per connection. On a busy machine a scrape runs out of its time and hangs up; the next one is served.
    private static async Task ServeAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(Exposition);
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        var request = new byte[8192];
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            var stream = client.GetStream();
            try
            {
                _ = await stream.ReadAsync(request, cancellationToken);
                await stream.WriteAsync(head, cancellationToken);
                await stream.WriteAsync(body, cancellationToken);
            }
            catch (IOException)
            {
            }
        }
    }
}
