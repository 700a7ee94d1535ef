using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Load.Tests;

/// <summary>A small torture of each kind; <c>make torture</c> does it at full size.</summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private readonly Torture _torture = new(20261121, output.WriteLine);

    [Fact]
    public async Task Every_acknowledged_row_counts_once_when_the_host_is_killed() => await AssertExactAsync(_torture.KillHostAsync(2, postgres: false));

    [PostgresFact]
    public async Task Every_acknowledged_row_counts_once_when_the_host_is_killed_on_PostgreSQL() => await AssertExactAsync(_torture.KillHostAsync(2, postgres: true));

    [SmallDiskFact]
    public async Task Every_acknowledged_row_counts_once_when_the_disk_is_full() => await AssertExactAsync(_torture.FullDiskAsync(2));

    [PostgresFact]
    public async Task Every_acknowledged_row_counts_once_when_PostgreSQL_is_killed() => await AssertExactAsync(_torture.KillPostgresAsync(2));

    [PostgresOnSmallDiskFact]
    public async Task Every_acknowledged_row_counts_once_when_the_disk_of_PostgreSQL_is_full() => await AssertExactAsync(_torture.FullPostgresDiskAsync(2));

    [FakeTimeFact]
    public async Task Every_acknowledged_row_counts_once_when_the_clock_jumps() => await AssertExactAsync(_torture.ClockAsync(2, postgres: false));

    [PostgresWithFakeTimeFact]
    public async Task Every_acknowledged_row_counts_once_when_the_clock_jumps_on_PostgreSQL() => await AssertExactAsync(_torture.ClockAsync(2, postgres: true));

    private async Task AssertExactAsync(Task torture)
    {
        await torture;
        Assert.True(_torture.Exact, _torture.Markdown);
    }
}

/// <summary>A fact that is skipped, by name, where no small disk can be mounted.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Obstacle;
}

/// <summary>A fact that is skipped, by name, where the clock cannot be made to jump.</summary>
public sealed class FakeTimeFactAttribute : FactAttribute
{
    public FakeTimeFactAttribute() => Skip = Torture.ClockObstacle;
}

/// <summary>A fact that is skipped, by name, where there is no PostgreSQL or no small disk can be mounted.</summary>
public sealed class PostgresOnSmallDiskFactAttribute : FactAttribute
{
    public PostgresOnSmallDiskFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? SmallDisk.Obstacle;
}

/// <summary>A fact that is skipped, by name, where there is no PostgreSQL or the clock cannot be made to jump.</summary>
public sealed class PostgresWithFakeTimeFactAttribute : FactAttribute
{
    public PostgresWithFakeTimeFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? Torture.ClockObstacle;
}
