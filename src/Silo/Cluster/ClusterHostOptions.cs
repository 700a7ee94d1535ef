namespace Drift.Silo.Cluster;

/// <summary>A silo's place in its cluster.</summary>
public sealed class ClusterHostOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Cluster";

    /// <summary>The cluster this silo joins: the same for all its silos, another for every other cluster.</summary>
    /// <value><c>drift</c>.</value>
    public string ClusterId { get; set; } = "drift";

    /// <summary>The service that the cluster runs; stays as it is when a cluster is replaced by another.</summary>
    /// <value><c>drift</c>.</value>
    public string ServiceId { get; set; } = "drift";

    /// <summary>The name of this silo, for people.</summary>
    /// <value>Empty: <c>POD_NAME</c>, else the machine's name with the port.</value>
    public string SiloName { get; set; } = "";

    /// <summary>The IP address under which the other silos reach this one.</summary>
    /// <value>Empty: <c>POD_IP</c>, else 127.0.0.1.</value>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>The port for the other silos, on all addresses unless the advertised one is a loopback address.</summary>
    /// <value>11111; 1 to 65535.</value>
    public int SiloPort { get; set; } = 11111;

    /// <summary>How long a silo waits for another one's answer to a probe. After three without an answer it holds it for dead.</summary>
    /// <value>3 seconds; 500 ms to 30 seconds.</value>
    /// <remarks>Shorter finds dead silos sooner, and takes silos for dead that a busy machine or network holds up.</remarks>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a silo that stops goes on serving, not ready any more: until whoever sends it requests has noticed.</summary>
    /// <value>5 seconds; 0 to 2 minutes.</value>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(5);
}
