using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Training runs on two silos.</summary>
public sealed class TwoSilosTrainingActorTests : TrainingActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(2, new ActorOptions());
}
