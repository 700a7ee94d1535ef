using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Everything that an actor promises, on three silos.</summary>
public sealed class ThreeSilosModelActorTests : ModelActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(3, new ActorOptions { SnapshotEvery = 5 });
}
