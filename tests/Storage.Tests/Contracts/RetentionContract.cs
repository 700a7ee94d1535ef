using Drift.Actors;
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
    public async Task SweepAsync_deletes_predictions_and_labels_that_arrived_thirty_days_ago_and_nothing_else()
    {
        var store = await fixture.CreateMigratedAsync();
        DateTimeOffset[] times = [Now.AddDays(-31), Now.AddDays(-30).AddTicks(-10), Now.AddDays(-30), Now];
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

        Assert.Equal(new RetentionReport(0, 0, 0, 2, 2), report);
        string[] ids = ["p0", "p1", "p2", "p3"];
        Assert.Equal(["p2", "p3"], (await store.Predictions.FindPredictionsAsync(Model, ids, default)).Keys.Order());
        Assert.Equal(["p2", "p3"], (await store.Predictions.FindLabelsAsync(Model, ids, default)).Keys.Order());
        Assert.True(await store.Journal.ContainsAsync(ActorKey.Model(Model), "b0", default));
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
