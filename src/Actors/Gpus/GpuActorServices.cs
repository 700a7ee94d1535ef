using Drift.Actors.Instruments;
using Drift.Actors.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Gpus;

/// <summary>What the actors of GPU nodes need.</summary>
public sealed record GpuActorServices(
    IGpuStore Store, GpuInstruments Instruments, TimeProvider Clock, IOptions<GpuActorOptions> Options, ILogger<GpuActor> Logger);
