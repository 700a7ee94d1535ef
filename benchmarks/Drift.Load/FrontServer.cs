using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Drift.Load;

/// <summary>A round-robin front for silos on this machine, as a load balancer is in production: only those that are ready get requests.</summary>
internal static class FrontServer
{
    /// <summary>Builds the front.</summary>
    /// <param name="url">Where it listens.</param>
    /// <param name="silos">The silos' addresses.</param>
    public static WebApplication Build(string url, IReadOnlyList<string> silos)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "silos", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "silos",
                    LoadBalancingPolicy = "RoundRobin",
                    Destinations = silos.Select((address, i) => (Name: i.ToString(CultureInfo.InvariantCulture), Address: address))
                        .ToDictionary(s => s.Name, s => new DestinationConfig { Address = s.Address }),
                    HealthCheck = new HealthCheckConfig
                    {
                        Active = new ActiveHealthCheckConfig
                        {
                            Enabled = true,
                            Interval = TimeSpan.FromSeconds(1),
                            Timeout = TimeSpan.FromSeconds(1),
                            Policy = "ConsecutiveFailures",
                            Path = "/health/ready",
                        },
                    },
                    Metadata = new Dictionary<string, string> { ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1" },
                    // An event stream is silent for as long as nothing happens.
                    HttpRequest = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromMinutes(5) },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app;
    }
}
