using Drift.Actors;
using Drift.Actors.Gpus;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Grains.Calls;
using Drift.Grains.Serialization;
using Drift.Grains.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Drift.Grains;

/// <summary>Puts the actors into a silo.</summary>
public static class GrainServices
{
    /// <summary>The name under which the host registers the grain storage for actors' snapshots.</summary>
    public const string StorageName = GrainStateStore.ProviderName;

    /// <summary>What serializes those snapshots.</summary>
    public static IGrainStorageSerializer SnapshotSerializer { get; } = new SnapshotSerializer();

    /// <summary>
    /// Adds the engine of a cluster (<see cref="IDriftEngine"/>), what its grains need, and how its calls travel. The host adds the ports,
    /// the actors' options and instruments, and grain storage under <see cref="StorageName"/>.
    /// </summary>
    public static IServiceCollection AddDriftGrains(this IServiceCollection services)
    {
        services.AddDriftContracts();
        services.AddOptions<CallOptions>().BindConfiguration(CallOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallOptions>, CallOptionsValidator>();
        // Calls cross the network: their deadlines run on the real clock, whatever clock the actors live by.
        services.AddSingleton(p => new CallRetry(p.GetRequiredService<IOptions<CallOptions>>(), TimeProvider.System));
        services.AddSingleton<IDriftEngine>(p => new OrleansEngine(p.GetRequiredService<IGrainFactory>(), p.GetRequiredService<CallRetry>()));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<ModelActorServices>(
            p,
            (Func<IDriftEngine>)p.GetRequiredService<IDriftEngine>,
            new GrainStateStore(p.GetRequiredKeyedService<IGrainStorage>(StorageName), p.GetRequiredService<IActorStateStore>())));
        services.AddSingleton<GpuActorServices>();
        // Their state goes to the database's own store: what follows from it is in the same transaction, which grain storage knows nothing of.
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<TriggerActorServices>(p, (Func<IDriftEngine>)p.GetRequiredService<IDriftEngine>));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<TrainingActorServices>(p, (Func<IDriftEngine>)p.GetRequiredService<IDriftEngine>));
        return services;
    }
}
