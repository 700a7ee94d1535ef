using Drift.Actors.Tests.Contract;

namespace Drift.Actors.Tests.Local;

public sealed class LocalGpuActorTests : GpuActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await LocalEngineHarness.StartAsync();
}
