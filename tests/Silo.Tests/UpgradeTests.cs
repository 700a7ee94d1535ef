using Drift.Load;
using Drift.Silo.Tests.Support;
using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Silo.Tests;

/// <summary><c>make upgrade-cluster FROM=COMMIT</c> does the same from the build of another commit.</summary>
[Collection(nameof(SiloProcess))]
public sealed class UpgradeTests(ITestOutputHelper output)
{
    [PostgresFact]
    public async Task Silos_of_another_version_join_while_the_first_ones_drain_and_leave_and_every_acknowledged_row_counts_once()
    {
        using var folder = new TempDirectory("drift-next-");
        var next = await NextVersion.BuildAsync(folder);
        await using var torture = await ClusterTorture.StartAsync(
            Path.Combine(AppContext.BaseDirectory, "Drift.Silo.dll"), ClusterTortureSize.Small, 20261121, output.WriteLine, next);

        await torture.UpgradeAsync();

        Assert.True(torture.Sound, torture.Markdown);
    }
}
