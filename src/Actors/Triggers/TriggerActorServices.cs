using Drift.Actors.Instruments;
using Drift.Actors.Ports;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Triggers;

/// <summary>What the actor of a model's triggers needs from its host. Shared by all actors of a process.</summary>
/// <param name="Engine">The way to other actors.</param>
/// <param name="States">Where the state is kept.</param>
/// <param name="Store">Triggers of the past.</param>
/// <param name="Router">Who trains.</param>
/// <param name="Clock">The time.</param>
/// <param name="Instruments">Metrics.</param>
/// <param name="Logger">The log.</param>
public sealed record TriggerActorServices(
    Func<IDriftEngine> Engine,
    IActorStateStore States,
    ITriggerStore Store,
    ITriggerRouter Router,
    TimeProvider Clock,
    TriggerInstruments Instruments,
    ILogger<TriggerActor> Logger);
