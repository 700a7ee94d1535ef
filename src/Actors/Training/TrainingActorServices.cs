using Drift.Actors.Instruments;
using Drift.Actors.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Training;

/// <summary>What the actor of a training run needs from its host. Shared by all actors of a process.</summary>
/// <param name="Engine">The way to other actors.</param>
/// <param name="States">Where the state is kept.</param>
/// <param name="Alerts">Silences.</param>
/// <param name="AlertRouter">Who is told of alerts.</param>
/// <param name="Clock">The time.</param>
/// <param name="Options">Limits.</param>
/// <param name="Instruments">Metrics.</param>
/// <param name="Logger">The log.</param>
public sealed record TrainingActorServices(
    Func<IDriftEngine> Engine,
    IActorStateStore States,
    IAlertStore Alerts,
    IAlertRouter AlertRouter,
    TimeProvider Clock,
    IOptions<TrainingOptions> Options,
    TrainingInstruments Instruments,
    ILogger<TrainingActor> Logger);
