using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Everything that the actor of a GPU node promises, on two silos.</summary>
public sealed class TwoSilosGpuActorTests : GpuActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(2, new ActorOptions());
}
