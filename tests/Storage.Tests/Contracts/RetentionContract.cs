using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class RetentionContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ModelId Model = ModelId.Create("acme", "credit");

    [StoreFact]
    public async Task SweepAsync_deletes_history_older_than_ninety_days_and_nothing_else()
    {
        var store = await fixture.CreateMigratedAsync();
        DateTimeOffset[] times = [Now.AddDays(-91), Now.AddDays(-90).AddTicks(-10), Now.AddDays(-90), Now.AddDays(-31), Now];
        foreach (var time in times)
            await store.History.WriteAsync(Model, new Verdict { Window = "1h", EvaluatedAt = time, Features = [new() { Name = "x" }] }, default);

        var report = await store.Retention.SweepAsync(Now);

        Assert.Equal(new RetentionReport(2, 2, 2, 0, 0), report);
        Assert.Equal(6, report.Total);
        Assert.Equal(
            [Now, Now.AddDays(-31), Now.AddDays(-90)],
            (await store.History.ReadAsync(Model, new(DateTimeOffset.MinValue, null, null, 100), default)).Select(e => e.Timestamp));
        Assert.Equal(3, await store.CountAsync("feature_drift"));
        Assert.Equal(3, await store.CountAsync("ml_metrics"));
    }

    [StoreFact]
    public async Task SweepAsync_deletes_labels_and_whole_days_of_predictions_that_arrived_thirty_days_ago_and_nothing_else()
    {
        var store = await fixture.CreateMigratedAsync();
        var keptFrom = Now.AddDays(-30);
        var firstKeptDay = new DateTimeOffset(keptFrom.UtcDateTime.Date, TimeSpan.Zero);
        DateTimeOffset[] times = [firstKeptDay.AddDays(-1), firstKeptDay.AddTicks(-10), keptFrom.AddTicks(-10), keptFrom, Now];
        for (var i = 0; i < times.Length; i++)
        {
            // Of long ago, as in a backfill: what counts is when it came.
            await store.Journal.AppendAsync(
                new()
                {
                    Model = Model,
                    Sequence = i + 1,
                    Kind = 1,
                    BatchIds = [$"b{i}"],
                    At = times[i],
                    Payload = default,
                    Predictions = [new() { Id = $"p{i}", Time = Now.AddYears(-1) }],
                    Labels = [new($"p{i}", "yes", Now.AddYears(-1))],
                },
                default);
        }

        var report = await store.Retention.SweepAsync(Now);

        // PostgreSQL drops days: a prediction of the day in which the retention ends stays until that day is over.
        string[] kept = fixture is PostgresFixture ? ["p2", "p3", "p4"] : ["p3", "p4"];
        Assert.Equal(new RetentionReport(0, 0, 0, 5 - kept.Length, 3), report);
        string[] ids = ["p0", "p1", "p2", "p3", "p4"];
        Assert.Equal(kept, (await store.Predictions.FindPredictionsAsync(Model, ids, default)).Keys.Order());
        Assert.Equal(["p3", "p4"], (await store.Predictions.FindLabelsAsync(Model, ids, default)).Keys.Order());
        Assert.True(await store.Journal.ContainsAsync(ActorKey.Model(Model), "b0", default));

        Assert.Equal(kept.Length - 1, (await store.Retention.SweepAsync(Now.AddHours(12))).Predictions);
        Assert.Equal(["p4"], (await store.Predictions.FindPredictionsAsync(Model, ids, default)).Keys.Order());
    }

    [StoreFact]
    public async Task SweepAsync_deletes_alerts_and_messages_that_are_over_long_enough_and_nothing_that_is_not()
    {
        var store = await fixture.CreateMigratedAsync();
        DateTimeOffset?[] ends = [null, Now.AddDays(-91), Now.AddDays(-90).AddTicks(-10), Now.AddDays(-90), Now.AddDays(-31), Now];
        var alerts = ends.Select((end, i) => new Alert { Id = $"a{i}", Tenant = "acme", Kind = "drift", Sequence = 1, OpenedAt = Now.AddDays(-200), ResolvedAt = end });
        var messages = ends.Select((_, i) => new OutboxEntry
        {
            Id = $"m{i}", Tenant = "acme", Kind = "alert", Destination = "pager", Payload = default, CreatedAt = Now.AddDays(-200), QueuedAt = Now, NextAttemptAt = Now,
        });
        await store.States.SaveAsync(ActorKey.Model(Model), 0, 0, default, SnapshotCopies.Latest, new SnapshotEffects([.. alerts], [.. messages]), default);
        var outbox = store.Get<IOutbox>();
        foreach (var claimed in await outbox.ClaimAsync("pager", Now, TimeSpan.FromMinutes(1), 10, default))
        {
            if (ends[claimed.Id[1] - '0'] is { } end)
                await outbox.DeliveredAsync(claimed, end, default);
        }

        await store.Get<IAlertStore>().AddSilenceAsync(new Silence { Id = "s", Tenant = "acme", StartsAt = Now, EndsAt = Now.AddDays(-91) }, default);

        var report = await store.Retention.SweepAsync(Now);

        Assert.Equal(new RetentionReport(0, 0, 0, 0, 0, Alerts: 2, Silences: 1, Outbox: 4), report);
        Assert.Equal(["a0", "a3", "a4", "a5"], (await store.Get<IAlertStore>().ListAsync("acme", new(null, null, 10), default)).Select(a => a.Id).Order());
        Assert.Equal(["m0", "m5"], (await outbox.ListAsync("acme", new(null, null, 10), default)).Select(m => m.Id).Order());
    }

    [StoreFact]
    public async Task SweepAsync_goes_on_until_more_than_one_chunk_is_deleted()
    {
        var store = await fixture.CreateMigratedAsync();
        await store.History.WriteAsync(Model, new Verdict { Window = "1h", EvaluatedAt = Now.AddDays(-100) }, default);
        await store.ExecuteAsync(
            $"""
            insert into ml_metrics (timestamp, num_drifted_columns, dataset_drift, model_name)
            with recursive n (i) as (select 1 union all select i + 1 from n where i <= {2 * Retention.ChunkRows})
            select timestamp, 0, dataset_drift, model_name from n, (select * from ml_metrics limit 1) as one
            """);
        await store.History.WriteAsync(Model, new Verdict { Window = "1h", EvaluatedAt = Now }, default);

        var report = await store.Retention.SweepAsync(Now);

        Assert.Equal((2 * Retention.ChunkRows) + 2, report.MlMetrics);
        Assert.Equal(1, await store.CountAsync("ml_metrics"));
        Assert.Equal(0, (await store.Retention.SweepAsync(Now)).Total);
    }
}
