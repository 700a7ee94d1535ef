using Drift.Actors.Instruments;
using Drift.Actors.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Adapters;

/// <summary>What the actors of LoRA versions need from their host. Shared by all of a process.</summary>
/// <param name="Engine">The way to other actors.</param>
/// <param name="States">Snapshots, of the database itself: each is written with rows of the same transaction.</param>
/// <param name="Store">The tables of versions.</param>
/// <param name="Alerts">Silences.</param>
/// <param name="AlertRouter">Who is told of alerts.</param>
/// <param name="Clock">The time.</param>
/// <param name="Options">Intervals.</param>
/// <param name="Instruments">Metrics.</param>
/// <param name="Logger">The log.</param>
public sealed record AdapterActorServices(
    Func<IDriftEngine> Engine,
    IActorStateStore States,
    IAdapterStore Store,
    IAlertStore Alerts,
    IAlertRouter AlertRouter,
    TimeProvider Clock,
    IOptions<AdapterActorOptions> Options,
    AdapterInstruments Instruments,
    ILogger<AdapterCatalogActor> Logger);
