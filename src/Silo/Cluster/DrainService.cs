using Microsoft.Extensions.Options;

namespace Drift.Silo.Cluster;

/// <summary>
/// Holds a stop back while whoever sends requests here still does: readiness is off already, requests are served as before. Then HTTP
/// ends what it has begun, and the silo after it: its actors write their snapshots and leave, and it leaves the cluster.
/// </summary>
internal sealed class DrainService(IOptions<ClusterHostOptions> options, TimeProvider time) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(options.Value.DrainDelay, time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
