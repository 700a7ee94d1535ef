using Drift.Actors;
using Drift.Actors.Tests.Contract;

namespace Drift.Grains.Tests.Contract;

/// <summary>Alerts are told once, on two silos.</summary>
public sealed class TwoSilosModelAlertTests : ModelAlertContract
{
    protected override async Task<EngineHarness> StartAsync() => await OrleansHarness.StartAsync(2, new ActorOptions());
}
