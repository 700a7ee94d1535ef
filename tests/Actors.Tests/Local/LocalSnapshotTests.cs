using Drift.Actors.Tests.Contract;

namespace Drift.Actors.Tests.Local;

public sealed class LocalSnapshotTests : SnapshotContract
{
    protected override async Task<EngineHarness> StartAsync() => await LocalEngineHarness.StartAsync(new ActorOptions { SnapshotEvery = 5 });
}
