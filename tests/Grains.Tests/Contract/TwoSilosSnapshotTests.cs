using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Snapshots that are written, refused, damaged and replaced, on two silos.</summary>
public sealed class TwoSilosSnapshotTests : SnapshotContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(2, new ActorOptions { SnapshotEvery = 5 });
}
