using System.Net;
using Drift.Actors;
using Drift.Api.Health;
using Drift.Grains;
using Drift.Grains.Calls;
using Drift.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Drift.Silo.Cluster;

/// <summary>Puts a silo into a host: membership, reminders and actors' state on the host's one PostgreSQL data source.</summary>
internal static class ClusterHosting
{
    private const string Invariant = "Npgsql";

    public static void AddCluster(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var database = DatabaseConnection.Read(builder.Configuration);
        services.AddSingleton(database);
        services.AddOptions<ClusterHostOptions>().BindConfiguration(ClusterHostOptions.SectionName).PostConfigure<IConfiguration>(FillIn).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterHostOptions>, ClusterHostOptionsValidator>();
        // Where it is missing, the validator ends the start before anything connects.
        services.AddDriftPostgres(database.Fault is null ? database.Text : "Host=missing").AddClusterTables();
        services.AddDriftGrains();
        services.AddHostedService<DrainService>();
        services.AddHealthChecks().AddCheck<SiloHealthCheck>("silo", tags: [HealthTags.Ready, HealthTags.Startup]);
        builder.UseOrleans(Configure);
    }

    private static void FillIn(ClusterHostOptions options, IConfiguration configuration)
    {
        if (options.AdvertisedAddress.Length == 0)
            options.AdvertisedAddress = configuration["POD_IP"] is { Length: > 0 } pod ? pod : IPAddress.Loopback.ToString();
        if (options.SiloName.Length == 0)
            options.SiloName = configuration["POD_NAME"] is { Length: > 0 } name ? name : $"{Environment.MachineName}-{options.SiloPort}";
    }

    private static void Configure(ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddOptions<ClusterOptions>().Configure<IOptions<ClusterHostOptions>>((cluster, host) =>
        {
            cluster.ClusterId = host.Value.ClusterId;
            cluster.ServiceId = host.Value.ServiceId;
        });
        services.AddOptions<SiloOptions>().Configure<IOptions<ClusterHostOptions>>((options, host) => options.SiloName = host.Value.SiloName);
        services.AddOptions<EndpointOptions>().Configure<IOptions<ClusterHostOptions>>((endpoints, host) =>
        {
            endpoints.AdvertisedIPAddress = IPAddress.Parse(host.Value.AdvertisedAddress);
            endpoints.SiloPort = host.Value.SiloPort;
            // Callers speak HTTP: nobody connects as an Orleans client.
            endpoints.GatewayPort = 0;
            endpoints.SiloListeningEndpoint = new IPEndPoint(
                IPAddress.IsLoopback(endpoints.AdvertisedIPAddress) ? endpoints.AdvertisedIPAddress : IPAddress.Any, host.Value.SiloPort);
        });
        // A silo that does not answer is out after three probes, so that its actors are elsewhere well within the deadline of a call.
        services.AddOptions<ClusterMembershipOptions>().Configure<IOptions<ClusterHostOptions>>((membership, host) =>
        {
            membership.ProbeTimeout = host.Value.ProbeTimeout;
            // Where answers have been slow lately Orleans waits longer, by default up to four times: too long for the deadline of a call.
            membership.MaxProbeTimeout = 2 * host.Value.ProbeTimeout;
            // Who has not written for three times this is lost: not counted among those whose votes are needed to declare others dead, and not
            // waited for when all were lost at once.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
            // Who asks others to probe a silo for it takes them from what it read last: when those are lost too, it goes on asking them.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        });
        services.AddOptions<SiloMessagingOptions>().Configure<IOptions<CallOptions>>((messaging, calls) => messaging.ResponseTimeout = calls.Value.Deadline);
        services.AddOptions<GrainCollectionOptions>().Configure<IOptions<ActorOptions>>((collection, actors) =>
        {
            collection.CollectionAge = actors.Value.IdleTimeout;
            // Orleans wants to look more often than an activation may be idle.
            collection.CollectionQuantum = actors.Value.IdleTimeout > TimeSpan.FromMinutes(2) ? TimeSpan.FromMinutes(1) : actors.Value.IdleTimeout / 2;
        });

        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LostCluster>();
        silo.UseAdoNetClustering(options => options.Configure<NpgsqlDataSource>((membership, source) =>
        {
            membership.Invariant = Invariant;
            membership.DataSource = source;
        }));
        silo.UseAdoNetReminderService(options => options.Configure<NpgsqlDataSource>((reminders, source) =>
        {
            reminders.Invariant = Invariant;
            reminders.DataSource = source;
        }));
        silo.AddAdoNetGrainStorage(GrainServices.StorageName, options => options.Configure<NpgsqlDataSource>((storage, source) =>
        {
            storage.Invariant = Invariant;
            storage.DataSource = source;
            storage.GrainStorageSerializer = GrainServices.SnapshotSerializer;
        }));
        // The log of a silo is for its operator; the dashboard shows grains and their load.
        silo.AddDashboard(dashboard =>
        {
            dashboard.HideTrace = true;
            dashboard.CounterUpdateIntervalMs = 2000;
        });
    }
}
