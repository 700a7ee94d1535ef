using Drift.Load;
using Drift.Silo.Tests.Support;
using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Silo.Tests;

/// <summary>A few hundred models; <c>make bench-spread</c> does it with 10 000.</summary>
[Collection(nameof(SiloProcess))]
public sealed class SpreadTests(ITestOutputHelper output)
{
    [PostgresFact]
    public async Task Models_spread_evenly_over_silos_and_each_is_found_again_after_all_silos_were_stopped_and_killed()
    {
        var result = await ClusterSpread.RunAsync(Path.Combine(AppContext.BaseDirectory, "Drift.Silo.dll"), models: 300, output.WriteLine);

        Assert.InRange(result.Worst, 0, SpreadResult.WorstTarget);
    }
}
