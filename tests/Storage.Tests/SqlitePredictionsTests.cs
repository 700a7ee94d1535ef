using Drift.Actors;
using Drift.Storage.Sqlite;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests;

/// <summary>How SQLite keeps the prediction log in the order of days.</summary>
public sealed class SqlitePredictionsTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private const string Plan = "explain query plan ";

    private static readonly ModelId Model = ModelId.Create("acme", "credit");

    [Fact]
    public async Task Predictions_of_before_the_key_began_with_days_are_found_stay_first_and_expire()
    {
        var store = await fixture.CreateEmptyAsync();
        var now = store.Clock.GetUtcNow();
        // Makes the file.
        await store.Migrator.PendingAsync();
        var before = Migration.Embedded("Sqlite").Where(m => m.Version < 8).ToList();
        foreach (var migration in before)
            await store.ExecuteAsync(migration.Sql);
        await store.ExecuteAsync(
            "create table schema_migrations (version integer primary key, name text not null, checksum text not null, applied_at integer not null);"
            + string.Concat(before.Select(m => $"insert into schema_migrations values ({m.Version}, '{m.Name}', '{m.Checksum}', 0);"))
            + string.Concat(Enumerable.Range(0, 20).Select(i =>
                "insert into predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at) "
                + $"values ('acme', 'credit', 'p{i}', {i}, 'old', 0.5, '{{\"a\":1}}', 'yes', '[\"r=eu\"]', 1, {StoredTime.ToMicroseconds(now.AddDays(-i))});")));

        await store.Migrator.MigrateAsync();

        foreach (var (at, sequence) in ((DateTimeOffset, long)[])[(now, 71), (now.AddDays(2), 72)])
            await AppendAsync(store, sequence, at, "p0", "p19", $"new{sequence}");
        var found = await store.Predictions.FindPredictionsAsync(Model, [.. Enumerable.Range(0, 20).Select(i => $"p{i}"), "new71", "new72"], default);
        Assert.Equal(22, found.Count);
        var old = found["p19"];
        Assert.Equal(
            ("old", 0.5, "yes", true, StoredTime.FromMicroseconds(19)), (old.Prediction, old.Score, old.Label, old.InReference, old.Time));
        Assert.Equal((1, "r=eu"), (old.ClassScores!["a"], old.Segments.Single()));
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal("old", found[$"p{i}"].Prediction));

        await store.Retention.SweepAsync(now.AddDays(31));
        Assert.Equal(["new72", "p0", "p19"], (await store.Predictions.FindPredictionsAsync(Model, [.. found.Keys], default)).Keys.Order());
    }

    [Fact]
    public async Task A_look_up_goes_down_the_key_to_each_id_of_each_day()
    {
        var store = await fixture.CreateMigratedAsync();
        await AppendAsync(store, 1, store.Clock.GetUtcNow(), "p");

        var steps = (await store.RowsAsync(Plan + SqlitePredictionLog.SelectPredictions
                .Replace("$tenant", "'acme'", StringComparison.Ordinal).Replace("$model", "'credit'", StringComparison.Ordinal).Replace("$ids", "'[]'", StringComparison.Ordinal)))
            .Select(row => (string)row[3]!).ToList();

        Assert.Contains(steps, step => step.Contains("predictions_day (tenant=? AND model=? AND day=? AND id=?)", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("predictions_day (tenant=? AND model=? AND day>?)", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.StartsWith("SCAN predictions", StringComparison.Ordinal) || step.StartsWith("SCAN TABLE predictions", StringComparison.Ordinal));
    }

    private static Task<Actors.Ports.AppendOutcome> AppendAsync(Store store, long sequence, DateTimeOffset at, params string[] ids) =>
        store.Journal.AppendAsync(
            new() { Model = Model, Sequence = sequence, Kind = 1, At = at, Payload = default, Predictions = [.. ids.Select(id => new PredictionRecord { Id = id, Time = at, Prediction = "new" })] },
            default);
}
