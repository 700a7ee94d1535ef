using System.Diagnostics.Metrics;
using Drift.Actors;
using Drift.Actors.Gpus;
using Drift.Actors.Instruments;
using Drift.Actors.Local;
using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drift.Api.Tests.Support;

/// <summary>The real actors of triggers and training runs on a host's database: they are small enough to need no stand-in.</summary>
internal static class RealActors
{
    public static LocalEngine Start(IServiceProvider storage, ITriggerRouter trainers, TimeProvider clock)
    {
        var meters = storage.GetRequiredService<IMeterFactory>();
        var triggers = new TriggerInstruments(meters);
        var training = new TrainingInstruments(meters);
        return new LocalEngine(
            _ => throw new NotSupportedException("Models are fakes here."),
            storage.GetRequiredService<IModelDirectory>(),
            new GpuActorServices(storage.GetRequiredService<IGpuStore>(), new GpuInstruments(meters, clock), clock, Microsoft.Extensions.Options.Options.Create(new GpuActorOptions()), NullLogger<GpuActor>.Instance),
            e => new TriggerActorServices(
                () => e, storage.GetRequiredService<IActorStateStore>(), storage.GetRequiredService<ITriggerStore>(), trainers, clock, triggers, NullLogger<TriggerActor>.Instance),
            e => new TrainingActorServices(
                () => e, storage.GetRequiredService<IActorStateStore>(), storage.GetRequiredService<IAlertStore>(), new Nobody(), clock, Microsoft.Extensions.Options.Options.Create(new TrainingOptions()), training,
                NullLogger<TrainingActor>.Instance),
            clock,
            Microsoft.Extensions.Options.Options.Create(new ActorOptions()),
            NullLogger<LocalEngine>.Instance)
        {
            AdapterServices = _ => throw new NotSupportedException("LoRA versions have actors of their own here."),
        };
    }

    private sealed class Nobody : IAlertRouter
    {
        public IReadOnlyList<OutboxEntry> Route(Actors.Alerts.Alert alert, Actors.Alerts.AlertEvent change) => [];
    }
}
