using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Everything that an actor promises, on two silos.</summary>
public sealed class TwoSilosModelActorTests : ModelActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(2, new ActorOptions { SnapshotEvery = 5 });
}
