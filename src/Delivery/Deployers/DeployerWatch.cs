using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Drift.Delivery.Deployers;

/// <summary>
/// Looks every <see cref="DeployerEntry.CheckInterval"/> whether a deployer's servers still hold the adapters that serve there, and tells the base
/// model's catalog of those that they lost. Several hosts may do so: whether a version is loaded again, and when, the catalog alone decides.
/// </summary>
internal sealed partial class DeployerWatch(ConfiguredDeployers deployers, IDriftEngine engine, IAdapterStore adapters, TimeProvider clock, ILogger<DeployerWatch> logger) : BackgroundService
{
    // As many as a base model may have.
    private const int MostVersions = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(deployers.All.Where(d => d.Deployer.KnowsWhatIsLoaded).Select(d => WatchAsync(d.Name, d.Entry.CheckInterval, d.Deployer, stoppingToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task WatchAsync(string name, TimeSpan interval, IDeployer deployer, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        var failed = false;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await LookAsync(name, deployer, stoppingToken).ConfigureAwait(false);
                failed = false;
            }
            catch (DriftException e)
            {
                // Once, and not each time while the database is away.
                if (!failed)
                    LogNotWatched(e, name, interval);
                failed = true;
            }
        }
    }

    /// <summary>What serves is read before what is loaded: a version that serves was loaded before, so a server that does not list it then has lost it.</summary>
    private async Task LookAsync(string name, IDeployer deployer, CancellationToken stoppingToken)
    {
        var serving = new List<AdapterDescription>();
        foreach (var (tenant, baseModel) in await adapters.ListBasesAsync(stoppingToken).ConfigureAwait(false))
        {
            var versions = await adapters.ListAsync(tenant, new AdapterQuery(baseModel, AdapterState.Serving, MostVersions), stoppingToken).ConfigureAwait(false);
            serving.AddRange(versions.Where(v => v.Deployer == name && v.DeploymentId is null));
        }

        if (serving.Count == 0)
            return;
        var missing = await deployer.FindMissingAsync([.. serving.Select(v => v.LoraName).Distinct(StringComparer.Ordinal)], stoppingToken).ConfigureAwait(false);
        foreach (var version in serving.Where(v => missing.Contains(v.LoraName)))
        {
            var report = new MissingReport { Version = version.Version, Deployer = name };
            if (await engine.Adapters(version.Tenant, version.BaseModel).ReportMissingAsync(report, stoppingToken).ConfigureAwait(false))
                LogLost(version.Version, version.BaseModel, name);
        }
    }

    [LoggerMessage(
        DeliveryEventId.AdapterLost, LogLevel.Warning,
        "Adapter {Version} of {BaseModel} serves, and a server of {Deployer} does not hold it any more: did it restart? It is loaded again. Give it to vLLM's --lora-modules to have it from the start.")]
    private partial void LogLost(string version, string baseModel, string deployer);

    [LoggerMessage(DeliveryEventId.DeployerNotWatched, LogLevel.Warning, "Whether the servers of {Deployer} still hold their adapters cannot be looked at now; this is tried again every {Interval}.")]
    private partial void LogNotWatched(Exception exception, string deployer, TimeSpan interval);
}
