using Drift.Actors.Tests.Contract;

namespace Drift.Actors.Tests.Local;

/// <summary>Triggers in one process, on SQLite.</summary>
public sealed class LocalTriggerActorTests : TriggerActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await LocalEngineHarness.StartAsync();
}
