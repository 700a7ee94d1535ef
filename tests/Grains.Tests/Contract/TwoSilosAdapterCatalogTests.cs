using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Everything that the actor of a base model's LoRA versions promises, on two silos.</summary>
public sealed class TwoSilosAdapterCatalogTests : AdapterCatalogContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(2, new ActorOptions());
}
