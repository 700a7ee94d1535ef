using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class ActorStateContract(StoreFixture fixture)
{
    private static readonly string[] Tables = ["actor_state", "drift_journal", "drift_batches", "predictions", "labels", "drift_metrics", "feature_drift", "ml_metrics"];

    private readonly Store _store = fixture.Shared;
    private readonly string _actor = ActorKey.Model(Store.NewModel());

    private IActorStateStore States => _store.States;

    [StoreFact]
    public async Task LoadAsync_gives_null_when_nothing_is_stored() => Assert.Null(await States.LoadAsync(_actor, default));

    [StoreFact]
    public async Task SaveAsync_counts_versions_from_one()
    {
        Assert.Equal(1, await States.SaveAsync(_actor, 0, 10, new byte[] { 1 }, SnapshotCopies.Latest, default));
        Assert.Equal(2, await States.SaveAsync(_actor, 1, 20, new byte[] { 2, 2 }, SnapshotCopies.Latest, default));

        var snapshot = await States.LoadAsync(_actor, default);

        Assert.Equal((2, 20), (snapshot!.Version, snapshot.JournalSequence));
        Assert.Equal([2, 2], snapshot.Payload);
    }

    [StoreFact]
    public async Task SaveAsync_refuses_another_version_than_the_stored_one()
    {
        await States.SaveAsync(_actor, 0, 1, new byte[] { 1 }, SnapshotCopies.Latest, default);
        await States.SaveAsync(_actor, 1, 2, new byte[] { 2 }, SnapshotCopies.Latest, default);

        Assert.Null(await States.SaveAsync(_actor, 0, 3, new byte[] { 3 }, SnapshotCopies.Latest, default));
        Assert.Null(await States.SaveAsync(_actor, 1, 3, new byte[] { 3 }, SnapshotCopies.Latest, default));
        Assert.Null(await States.SaveAsync(_actor, 3, 3, new byte[] { 3 }, SnapshotCopies.Latest, default));
        Assert.Equal([2], (await States.LoadAsync(_actor, default))!.Payload);
    }

    [StoreFact]
    public async Task SaveAsync_does_not_bring_back_what_was_deleted()
    {
        Assert.Null(await States.SaveAsync(_actor, 5, 1, new byte[] { 1 }, SnapshotCopies.Latest, default));
        Assert.Null(await States.LoadAsync(_actor, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => States.SaveAsync(_actor, -1, 1, new byte[] { 1 }, SnapshotCopies.Latest, default));
    }

    [StoreFact]
    public async Task SaveAsync_lets_exactly_one_of_many_be_first()
    {
        await using var other = _store.OpenAgain();
        var versions = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            () => (i % 2 == 0 ? _store : other).States.SaveAsync(_actor, 0, i, new[] { (byte)i }, SnapshotCopies.Latest, default))));

        Assert.Equal(1L, Assert.Single(versions, v => v is not null));
        Assert.Equal([(byte)Array.FindIndex(versions, v => v is not null)], (await States.LoadAsync(_actor, default))!.Payload);
    }

    [StoreFact]
    public async Task SaveAsync_lets_exactly_one_of_many_follow_a_version()
    {
        await using var other = _store.OpenAgain();
        await States.SaveAsync(_actor, 0, 0, new byte[] { 99 }, SnapshotCopies.Latest, default);

        var versions = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            () => (i % 2 == 0 ? _store : other).States.SaveAsync(_actor, 1, i, new[] { (byte)i }, SnapshotCopies.Latest, default))));

        Assert.Equal(2L, Assert.Single(versions, v => v is not null));
        Assert.Equal([(byte)Array.FindIndex(versions, v => v is not null)], (await States.LoadAsync(_actor, default))!.Payload);
    }

    [StoreFact]
    public async Task SaveAsync_keeps_empty_and_very_large_payloads()
    {
        var large = new byte[10_000_000];
        new Random(2).NextBytes(large);

        await States.SaveAsync(_actor, 0, 0, ReadOnlyMemory<byte>.Empty, SnapshotCopies.Latest, default);
        Assert.Empty((await States.LoadAsync(_actor, default))!.Payload);

        await States.SaveAsync(_actor, 1, 0, large, SnapshotCopies.Latest, default);
        Assert.Equal(large, (await States.LoadAsync(_actor, default))!.Payload);
    }

    [StoreFact]
    public async Task LoadPreviousAsync_gives_the_copy_before_the_latest()
    {
        Assert.Null(await States.LoadPreviousAsync(_actor, default));
        await States.SaveAsync(_actor, 0, 10, new byte[] { 1 }, SnapshotCopies.Latest, default);
        Assert.Null(await States.LoadPreviousAsync(_actor, default));
        await States.SaveAsync(_actor, 1, 20, new byte[] { 2 }, SnapshotCopies.Latest, default);
        await States.SaveAsync(_actor, 2, 30, new byte[] { 3 }, SnapshotCopies.Latest, default);

        var previous = await States.LoadPreviousAsync(_actor, default);

        Assert.Equal((2, 20), (previous!.Version, previous.JournalSequence));
        Assert.Equal([2], previous.Payload);
        Assert.Equal([3], (await States.LoadAsync(_actor, default))!.Payload);
    }

    [StoreFact]
    public async Task SaveAsync_of_both_copies_leaves_nothing_of_what_was_before()
    {
        await States.SaveAsync(_actor, 0, 10, new byte[] { 1 }, SnapshotCopies.Both, default);
        Assert.Equal([1], (await States.LoadPreviousAsync(_actor, default))!.Payload);
        await States.SaveAsync(_actor, 1, 20, new byte[] { 2 }, SnapshotCopies.Latest, default);
        await States.SaveAsync(_actor, 2, 30, new byte[] { 3 }, SnapshotCopies.Both, default);

        var previous = await States.LoadPreviousAsync(_actor, default);

        Assert.Equal((3, 30), (previous!.Version, previous.JournalSequence));
        Assert.Equal([3], previous.Payload);
    }

    [StoreFact]
    public async Task DeleteModelAsync_leaves_nothing_of_the_model_and_everything_of_others()
    {
        var store = await fixture.CreateMigratedAsync();
        ModelId[] models = [ModelId.Create("acme", "credit"), ModelId.Create("acme", "credit-2"), ModelId.Create("other", "credit")];
        foreach (var model in models)
            await FillAsync(store, model);

        await store.States.DeleteModelAsync(models[0], SnapshotEffects.None, default);

        foreach (var table in Tables)
            Assert.Equal((table, 2), (table, await store.CountAsync(table)));

        foreach (var model in models[1..])
        {
            Assert.NotNull(await store.States.LoadAsync(ActorKey.Model(model), default));
            Assert.True(await store.Journal.ContainsAsync(ActorKey.Model(model), "b", default));
            Assert.Single(await store.Predictions.FindPredictionsAsync(model, ["p"], default));
            Assert.Single(await store.Predictions.FindLabelsAsync(model, ["p"], default));
            Assert.Single(await store.History.ReadAsync(model, new(DateTimeOffset.MinValue, null, null, 10), default));
            Assert.Single(await store.History.ReadAsync(model, new(DateTimeOffset.MinValue, null, "age", 10), default));
            Assert.Single(await store.RowsAsync($"select 1 from ml_metrics where model_name = '{model}'"));
        }

        Assert.Equal(2, (await store.Models.ListAsync("acme", default)).Count);
        await store.States.DeleteModelAsync(models[0], SnapshotEffects.None, default);
    }

    private async Task FillAsync(Store store, ModelId model)
    {
        var now = store.Clock.GetUtcNow();
        await store.States.SaveAsync(ActorKey.Model(model), 0, 1, new byte[] { 1 }, SnapshotCopies.Latest, default);
        await store.Journal.AppendAsync(
            new()
            {
                Model = model,
                Sequence = 1,
                Kind = 1,
                BatchIds = ["b"],
                At = now,
                Payload = new byte[] { 1 },
                Predictions = [new() { Id = "p", Time = now }],
                Labels = [new("p", "yes", null)],
            },
            default);
        await store.Journal.PruneAsync(ActorKey.Model(model), 1, now.AddDays(-1), long.MaxValue, 0, default);
        await store.ExecuteAsync($"insert into drift_batches (actor_key, hour, batch_id) values ('{ActorKey.Model(model)}', {fixture.Literal(now)}, 'moved')");
        await store.History.WriteAsync(
            model, new Verdict { Model = model.ToString(), Window = "1h", EvaluatedAt = now, Features = [new() { Name = "age" }] }, default);
        await store.Models.UpsertAsync(model.Tenant, new() { Name = model.Name, ReportedAt = now }, default);
    }
}
