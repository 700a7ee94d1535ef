using Drift.Load;
using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Silo.Tests;

/// <summary>A small harm of each kind; <c>make torture-cluster</c> does them at full size.</summary>
[Collection(nameof(Support.SiloProcess))]
public sealed class ClusterTortureTests(ITestOutputHelper output)
{
    [PostgresFact]
    public Task Every_acknowledged_row_counts_once_when_two_silos_are_killed_and_come_back() => AssertSoundAsync(t => t.KillSilosAsync());

    [PostgresFact]
    public Task Every_acknowledged_row_counts_once_when_two_of_three_silos_are_killed_at_once() => AssertSoundAsync(t => t.KillMostAsync());

    [PostgresFact]
    public Task A_silo_that_was_paused_until_it_was_declared_dead_ends_itself_and_every_acknowledged_row_counts_once() => AssertSoundAsync(t => t.PauseSiloAsync());

    [PostgresFact]
    public Task Every_acknowledged_row_counts_once_when_PostgreSQL_restarts_or_is_killed() => AssertSoundAsync(async t =>
    {
        await t.RestartPostgresAsync();
        await t.KillPostgresAsync();
    });

    [PostgresFact]
    public Task Every_acknowledged_row_counts_once_when_a_silo_is_cut_from_PostgreSQL_for_a_while() => AssertSoundAsync(t => t.CutSiloAsync());

    [PostgresFact]
    public Task A_cluster_that_was_killed_as_a_whole_comes_back_under_other_addresses_and_has_counted_every_acknowledged_row_once() => AssertSoundAsync(t => t.RestartAllAsync());

    private async Task AssertSoundAsync(Func<ClusterTorture, Task> harmAsync)
    {
        await using var torture = await ClusterTorture.StartAsync(Path.Combine(AppContext.BaseDirectory, "Drift.Silo.dll"), ClusterTortureSize.Small, 20261121, output.WriteLine);
        await harmAsync(torture);
        Assert.True(torture.Sound, torture.Markdown);
    }
}
