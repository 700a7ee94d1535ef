using Drift.Actors;
using Drift.Storage.Postgres;
using Drift.Storage.Tests.Support;
using Drift.Support;

namespace Drift.Storage.Tests;

/// <summary>How PostgreSQL keeps the prediction log by days.</summary>
public sealed class PredictionDaysTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>
{
    private const string Partitions = "select inhrelid::regclass::text from pg_inherits where inhparent = 'predictions'::regclass order by 1";

    private static readonly ModelId Model = ModelId.Create("acme", "credit");

    [PostgresFact]
    public async Task Migrating_makes_the_days_from_yesterday_to_a_week_ahead_and_sweeping_those_after_them()
    {
        var store = await fixture.CreateMigratedAsync();
        var today = store.Clock.GetUtcNow();
        Assert.Equal(Names(today, -1, PredictionDays.Ahead), await PartitionsAsync(store));

        await store.Retention.SweepAsync(today.AddDays(3));

        Assert.Equal(Names(today, -1, PredictionDays.Ahead + 3), await PartitionsAsync(store));
    }

    [PostgresFact]
    public async Task A_day_that_nobody_foresaw_is_made_by_the_first_of_many_that_need_it()
    {
        var store = await fixture.CreateMigratedAsync();
        var at = store.Clock.GetUtcNow().AddYears(3);
        var hosts = Enumerable.Range(0, 6).Select(_ => store.OpenAgain()).ToArray();

        var outcomes = await Task.WhenAll(hosts.Select((host, i) => Task.Run(() => AppendAsync(host, ModelId.Create("acme", $"m{i}"), 1, at, "p"))));

        Assert.All(outcomes, outcome => Assert.Equal(Actors.Ports.AppendOutcome.Appended, outcome));
        Assert.Equal(6, await store.CountAsync($"predictions_{at:yyyyMMdd}"));
        foreach (var host in hosts)
            await host.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_day_that_another_host_dropped_is_made_again()
    {
        var store = await fixture.CreateMigratedAsync();
        var at = store.Clock.GetUtcNow();
        await AppendAsync(store, Model, 1, at, "p");
        await using var ahead = store.OpenAgain();
        Assert.Equal(1, (await ahead.Retention.SweepAsync(at.AddDays(40))).Predictions);

        Assert.Equal(Actors.Ports.AppendOutcome.Appended, await AppendAsync(store, Model, 2, at, "q"));

        Assert.Equal(["q"], (await store.Predictions.FindPredictionsAsync(Model, ["p", "q"], default)).Keys);
    }

    [PostgresFact]
    public async Task Days_that_nobody_foresaw_and_days_that_another_host_dropped_take_many_predictions_at_once()
    {
        var store = await fixture.CreateMigratedAsync();
        var today = store.Clock.GetUtcNow();
        string[] ids = [.. Enumerable.Range(0, 2 * PostgresJournal.CopyFrom).Select(i => $"p{i}")];
        await AppendAsync(store, Model, 1, today, "first");
        await using var ahead = store.OpenAgain();
        await ahead.Retention.SweepAsync(today.AddDays(40));

        Assert.Equal(Actors.Ports.AppendOutcome.Appended, await AppendAsync(store, Model, 2, today, ids));
        Assert.Equal(Actors.Ports.AppendOutcome.Appended, await AppendAsync(store, Model, 3, today.AddYears(3), ids));

        Assert.Equal(ids.Length, await store.CountAsync($"predictions_{today:yyyyMMdd}"));
        Assert.Equal(ids.Length, await store.CountAsync($"predictions_{today.AddYears(3):yyyyMMdd}"));
        Assert.Equal(ids.Length, (await store.Predictions.FindPredictionsAsync(Model, ids, default)).Count);
    }

    [PostgresFact]
    public async Task A_look_up_goes_down_the_key_to_each_id_also_where_there_are_no_statistics_yet()
    {
        var store = await fixture.CreateMigratedAsync();
        var today = store.Clock.GetUtcNow();
        await store.ExecuteAsync($"alter table predictions_{today:yyyyMMdd} set (autovacuum_enabled = off)");
        string[] ids = [.. Enumerable.Range(0, 40_000).Select(i => $"p{i}")];
        await AppendAsync(store, Model, 1, today, ids);

        var sql = PostgresPredictionLog.SelectPredictions
            .Replace("$1", "'acme'", StringComparison.Ordinal)
            .Replace("$2", "'credit'", StringComparison.Ordinal)
            .Replace("$3", $"array['{string.Join("','", ids[..20])}']", StringComparison.Ordinal);
        var steps = (await store.RowsAsync($"explain {sql}")).Select(row => ((string)row[0]!).Trim()).ToList();

        // The other days are empty, where any way is as good.
        var scan = steps.FindIndex(step => step.Contains($"predictions_{today:yyyyMMdd}_pkey", StringComparison.Ordinal));
        Assert.Contains("(id = ANY", steps[scan + 1], StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Predictions_of_before_there_were_days_are_found_stay_first_and_expire()
    {
        var store = await fixture.CreateEmptyAsync();
        var now = store.Clock.GetUtcNow();
        await store.ExecuteAsync(Migration.Embedded("Postgres")[0].Sql);
        await store.ExecuteAsync(
            "create table schema_migrations (version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null);"
            + $"insert into schema_migrations values (1, '001_initial', '{Migration.Embedded("Postgres")[0].Checksum}', now());"
            + string.Concat(Enumerable.Range(0, 20).Select(i =>
                $"insert into predictions (tenant, model, id, timestamp, prediction, in_reference, logged_at) values ('acme', 'credit', 'p{i}', now(), 'old', false, '{now.AddDays(-i):O}');"))
            + "insert into actor_state values ('model/acme/credit', 7, 70, 'x', now());");

        await store.Migrator.MigrateAsync();

        Assert.Equal((7L, 70L), await store.States.LoadAsync("model/acme/credit", default) is { } s ? (s.Version, s.JournalSequence) : default);
        Assert.Null(await store.States.LoadPreviousAsync("model/acme/credit", default));
        foreach (var (at, sequence) in ((DateTimeOffset, long)[])[(now, 71), (now.AddDays(2), 72)])
            await AppendAsync(store, Model, sequence, at, "p0", "p19", $"new{sequence}");
        var found = await store.Predictions.FindPredictionsAsync(Model, [.. Enumerable.Range(0, 20).Select(i => $"p{i}"), "new71", "new72"], default);
        Assert.Equal(22, found.Count);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal("old", found[$"p{i}"].Prediction));

        await store.Retention.SweepAsync(now.AddDays(32));
        Assert.Equal(["new72", "p0", "p19"], (await store.Predictions.FindPredictionsAsync(Model, [.. found.Keys], default)).Keys.Order());
    }

    [PostgresFact]
    public async Task An_empty_log_of_before_leaves_no_partition_of_its_own()
    {
        var store = await fixture.CreateMigratedAsync();

        Assert.DoesNotContain("predictions_before_days", await PartitionsAsync(store));
    }

    private static async Task<string[]> PartitionsAsync(Store store) => [.. (await store.RowsAsync(Partitions)).Select(r => (string)r[0]!)];

    private static string[] Names(DateTimeOffset today, int from, int to) =>
        [.. Enumerable.Range(from, to - from + 1).Select(i => $"predictions_{today.AddDays(i):yyyyMMdd}")];

    private static Task<Actors.Ports.AppendOutcome> AppendAsync(Store store, ModelId model, long sequence, DateTimeOffset at, params string[] ids) =>
        store.Journal.AppendAsync(
            new() { Model = model, Sequence = sequence, Kind = 1, At = at, Payload = default, Predictions = [.. ids.Select(id => new PredictionRecord { Id = id, Time = at, Prediction = "new" })] },
            default);
}
