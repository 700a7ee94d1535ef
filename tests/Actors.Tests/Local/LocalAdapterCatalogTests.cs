using Drift.Actors.Tests.Contract;

namespace Drift.Actors.Tests.Local;

public sealed class LocalAdapterCatalogTests : AdapterCatalogContract
{
    protected override async Task<EngineHarness> StartAsync() => await LocalEngineHarness.StartAsync();
}
