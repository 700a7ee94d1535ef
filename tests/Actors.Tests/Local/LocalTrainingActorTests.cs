using Drift.Actors.Tests.Contract;

namespace Drift.Actors.Tests.Local;

/// <summary>Training runs in one process, on SQLite.</summary>
public sealed class LocalTrainingActorTests : TrainingActorContract
{
    protected override async Task<EngineHarness> StartAsync() => await LocalEngineHarness.StartAsync();
}
