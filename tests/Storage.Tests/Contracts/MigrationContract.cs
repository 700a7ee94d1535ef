using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class MigrationContract(StoreFixture fixture)
{
    private static readonly string[] Tables =
    [
        "models", "drift_metrics", "feature_drift", "ml_metrics", "predictions", "labels", "drift_journal", "drift_batches", "actor_state", "schema_migrations",
        "alerts", "silences", "outbox", "gpu_nodes", "gpu_samples",
    ];

    private static readonly string[] All = [.. Migration.Embedded("Sqlite").Select(m => m.Name)];

    [StoreFact]
    public async Task MigrateAsync_builds_an_empty_database_and_says_what_it_applied()
    {
        var store = await fixture.CreateEmptyAsync();
        Assert.Equal(All, await store.Migrator.PendingAsync());

        Assert.Equal(All, await store.Migrator.MigrateAsync());

        Assert.Empty(await store.Migrator.PendingAsync());
        foreach (var table in Tables)
            await store.CountAsync(table);

        var rows = await store.RowsAsync("select version, name, checksum, applied_at from schema_migrations order by version");
        Assert.Equal(All, rows.Select(r => r[1]));
        var row = rows[0];
        Assert.Equal((1L, "001_initial", 64), (Convert.ToInt64(row[0], null), (string)row[1]!, ((string)row[2]!).Length));
        Assert.NotNull(row[3]);
    }

    [StoreFact]
    public async Task PendingAsync_changes_nothing()
    {
        var store = await fixture.CreateEmptyAsync();

        await store.Migrator.PendingAsync();

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => store.CountAsync("schema_migrations"));
    }

    [StoreFact]
    public async Task MigrateAsync_does_nothing_the_second_time()
    {
        var store = await fixture.CreateMigratedAsync();
        await store.Models.UpsertAsync("t", new() { Name = "m", ReportedAt = store.Clock.GetUtcNow() }, default);

        Assert.Empty(await store.Migrator.MigrateAsync());
        await using var again = store.OpenAgain();
        Assert.Empty(await again.Migrator.MigrateAsync());

        Assert.Single(await store.Models.ListAsync("t", default));
    }

    [StoreFact]
    public async Task MigrateAsync_lets_one_of_many_do_the_work()
    {
        var store = await fixture.CreateEmptyAsync();
        var stores = Enumerable.Range(0, 6).Select(_ => store.OpenAgain()).ToArray();

        var applied = await Task.WhenAll(stores.Select(s => Task.Run(() => s.Migrator.MigrateAsync())));

        Assert.Equal(All, applied.SelectMany(names => names));
        Assert.Equal(All.Length, await store.CountAsync("schema_migrations"));
        foreach (var s in stores)
            await s.DisposeAsync();
    }

    [StoreFact]
    public async Task A_changed_checksum_is_refused()
    {
        var store = await fixture.CreateMigratedAsync();
        await store.ExecuteAsync("update schema_migrations set checksum = 'other'");

        var migrating = await Assert.ThrowsAsync<MigrationException>(() => store.Migrator.MigrateAsync());
        await Assert.ThrowsAsync<MigrationException>(() => store.Migrator.PendingAsync());

        Assert.Contains("001_initial", migrating.Message, StringComparison.Ordinal);
        Assert.Contains("other", migrating.Message, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task A_newer_database_is_refused()
    {
        var store = await fixture.CreateMigratedAsync();
        await store.ExecuteAsync(
            "insert into schema_migrations (version, name, checksum, applied_at) select 999, '999_future', 'x', applied_at from schema_migrations where version = 1");

        var migrating = await Assert.ThrowsAsync<MigrationException>(() => store.Migrator.MigrateAsync());
        await Assert.ThrowsAsync<MigrationException>(() => store.Migrator.PendingAsync());

        Assert.Contains("999_future", migrating.Message, StringComparison.Ordinal);
        Assert.Contains("newer", migrating.Message, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task CheckAsync_completes_when_the_database_answers_migrated_or_not()
    {
        await fixture.Shared.Health.CheckAsync();
        await (await fixture.CreateEmptyAsync()).Health.CheckAsync();
    }
}
