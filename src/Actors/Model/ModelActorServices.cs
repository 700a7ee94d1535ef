using Drift.Actors.Instruments;
using Drift.Actors.Ports;
using Drift.Core.Windows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Model;

/// <summary>What a model's actor needs from its host. Shared by all actors of a process.</summary>
/// <param name="Engine">The way to other actors.</param>
/// <param name="States">Snapshots.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Predictions">The prediction log.</param>
/// <param name="History">Verdicts of the past.</param>
/// <param name="Alerts">Alerts and silences.</param>
/// <param name="AlertRouter">Who is told of alerts.</param>
/// <param name="Shelf">Where encoded panes lie.</param>
/// <param name="Clock">The time.</param>
/// <param name="Options">Intervals and limits.</param>
/// <param name="Instruments">Metrics.</param>
/// <param name="Logger">The log.</param>
public sealed record ModelActorServices(
    Func<IDriftEngine> Engine,
    IActorStateStore States,
    IJournal Journal,
    IPredictionLog Predictions,
    IHistory History,
    IAlertStore Alerts,
    IAlertRouter AlertRouter,
    IPaneShelf Shelf,
    TimeProvider Clock,
    IOptions<ActorOptions> Options,
    ModelInstruments Instruments,
    ILogger<ModelActor> Logger);
