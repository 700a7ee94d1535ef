using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class JournalContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Store _store = fixture.Shared;
    private readonly ModelId _model = Store.NewModel();

    private IJournal Journal => _store.Journal;

    private string Actor => ActorKey.Model(_model);

    [StoreFact]
    public async Task ReadAsync_gives_what_was_appended_in_the_order_of_sequence()
    {
        foreach (var sequence in (long[])[1, 3, 2, 300, 20])
            Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(sequence, payload: [(byte)sequence])));

        var entries = await ReadAsync();

        Assert.Equal([1, 2, 3, 20, 300], entries.Select(e => e.Sequence));
        Assert.All(entries, e => Assert.Equal([(byte)e.Sequence], e.Payload));
    }

    [StoreFact]
    public async Task ReadAsync_starts_after_the_sequence_and_keeps_to_the_actor()
    {
        for (var sequence = 1; sequence <= 5; sequence++)
            await AppendAsync(Entry(sequence));

        await AppendAsync(Entry(7) with { Model = Store.NewModel() });

        Assert.Equal([4, 5], (await ReadAsync(after: 3)).Select(e => e.Sequence));
        Assert.Empty(await ReadAsync(after: 5));
    }

    [StoreFact]
    public async Task ReadAsync_gives_kind_and_time_to_the_microsecond()
    {
        var at = Noon.AddTicks(1234567).ToOffset(TimeSpan.FromHours(5));
        await AppendAsync(Entry(1) with { Kind = 255, At = at });

        var entry = Assert.Single(await ReadAsync());

        Assert.Equal(255, entry.Kind);
        Assert.Equal(Noon.AddTicks(1234560), entry.At);
        Assert.Equal(TimeSpan.Zero, entry.At.Offset);
    }

    [StoreFact]
    public async Task ReadAsync_can_be_left_in_the_middle_and_cancelled()
    {
        for (var sequence = 1; sequence <= 200; sequence++)
            await AppendAsync(Entry(sequence));

        await foreach (var _ in Journal.ReadAsync(Actor, 0, default))
            break;

        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Journal.ReadAsync(Actor, 0, cancellation.Token))
                await cancellation.CancelAsync();
        });
        Assert.Equal(200, (await ReadAsync()).Count);
    }

    [StoreFact]
    public async Task ReadAsync_lets_its_consumer_append_meanwhile()
    {
        await AppendAsync(Entry(1));
        await AppendAsync(Entry(2));

        await foreach (var entry in Journal.ReadAsync(Actor, 0, default))
            Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(entry.Sequence + 100)));
    }

    [StoreFact]
    public async Task AppendAsync_keeps_an_empty_payload()
    {
        await AppendAsync(Entry(1, payload: []));

        Assert.Empty(Assert.Single(await ReadAsync()).Payload);
    }

    [StoreFact]
    public async Task AppendAsync_keeps_ten_megabytes()
    {
        var payload = new byte[10_000_000];
        new Random(1).NextBytes(payload);

        await AppendAsync(Entry(1) with { Payload = payload });
        await AppendAsync(Entry(2) with { Payload = payload.AsMemory(17, 1000) });

        var entries = await ReadAsync();
        Assert.Equal(payload, entries[0].Payload);
        Assert.Equal(payload[17..1017], entries[1].Payload);
    }

    [StoreFact]
    public async Task AppendAsync_says_duplicate_for_a_batch_of_a_pruned_entry_and_writes_nothing()
    {
        await AppendAsync(Entry(1, batchId: "b"));
        await Journal.PruneAsync(Actor, 1, Noon.AddDays(-1), default);

        var outcome = await AppendAsync(Entry(2, batchId: "b") with { Predictions = [new() { Id = "p" }], Labels = [new("p", "yes", null)] });

        Assert.Equal(AppendOutcome.Duplicate, outcome);
        Assert.Empty(await ReadAsync());
        Assert.Empty(await _store.Predictions.FindPredictionsAsync(_model, ["p"], default));
        Assert.Empty(await _store.Predictions.FindLabelsAsync(_model, ["p"], default));
    }

    [StoreFact]
    public async Task AppendAsync_says_conflict_for_a_taken_sequence_and_writes_nothing()
    {
        await AppendAsync(Entry(1, payload: [1]));

        var bare = await AppendAsync(Entry(1, batchId: "b", payload: [2]));
        var full = await AppendAsync(
            Entry(1, batchId: "b", payload: [2]) with { Predictions = [new() { Id = "p" }], Labels = [new("p", "yes", null)] });

        Assert.Equal(AppendOutcome.Conflict, bare);
        Assert.Equal(AppendOutcome.Conflict, full);
        Assert.Equal([1], Assert.Single(await ReadAsync()).Payload);
        Assert.False(await Journal.ContainsAsync(Actor, "b", default));
        Assert.Empty(await _store.Predictions.FindPredictionsAsync(_model, ["p"], default));
        Assert.Empty(await _store.Predictions.FindLabelsAsync(_model, ["p"], default));
    }

    [StoreFact]
    public async Task AppendAsync_says_duplicate_when_batch_and_sequence_are_both_taken()
    {
        await AppendAsync(Entry(1, batchId: "a"));
        await AppendAsync(Entry(2, batchId: "b"));
        await Journal.PruneAsync(Actor, 2, Noon.AddDays(-1), default);

        Assert.Equal(AppendOutcome.Duplicate, await AppendAsync(Entry(2, batchId: "b")));
        Assert.Equal(AppendOutcome.Duplicate, await AppendAsync(Entry(2, batchId: "a")));
    }

    [StoreFact]
    public async Task AppendAsync_takes_any_number_of_entries_without_a_batch_id_and_the_same_id_of_other_models()
    {
        Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(1)));
        Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(2)));
        Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(3, batchId: "b")));
        Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(1, batchId: "b") with { Model = Store.NewModel() }));
    }

    [StoreFact]
    public async Task AppendAsync_lets_exactly_one_of_many_have_a_sequence()
    {
        await using var other = _store.OpenAgain();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i % 2 == 0 ? _store : other).Journal.AppendAsync(
            Entry(1, batchId: $"b{i}", payload: [(byte)i]) with { Predictions = [new() { Id = $"p{i}" }] }, default))));

        var winner = Array.IndexOf(outcomes, AppendOutcome.Appended);
        Assert.Equal(1, outcomes.Count(o => o == AppendOutcome.Appended));
        Assert.Equal(15, outcomes.Count(o => o == AppendOutcome.Conflict));
        Assert.Equal([(byte)winner], Assert.Single(await ReadAsync()).Payload);
        var logged = await _store.Predictions.FindPredictionsAsync(_model, [.. Enumerable.Range(0, 16).Select(i => $"p{i}")], default);
        Assert.Equal([$"p{winner}"], logged.Keys);
    }

    [StoreFact]
    public async Task AppendAsync_takes_the_same_ids_in_any_order_at_once()
    {
        PredictionRecord[] forward = [.. Enumerable.Range(0, 500).Select(i => new PredictionRecord { Id = $"p{i}" })];
        PredictionRecord[] backward = [.. forward.Reverse()];

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => Task.Run(
            () => AppendAsync(Entry(i) with { Predictions = i % 2 == 0 ? forward : backward }))));

        Assert.All(outcomes, outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        Assert.Equal(500, await _store.CountAsync("predictions", $"model = '{_model.Name}'"));
    }

    [StoreFact]
    public async Task AppendAsync_survives_the_end_of_the_process()
    {
        var store = await fixture.CreateMigratedAsync();
        await store.Journal.AppendAsync(Entry(1, batchId: "b", payload: [42]), default);

        await using var next = store.OpenAgain();

        Assert.True(await next.Journal.ContainsAsync(Actor, "b", default));
        await foreach (var entry in next.Journal.ReadAsync(Actor, 0, default))
            Assert.Equal([42], entry.Payload);
    }

    [StoreFact]
    public async Task Batch_ids_are_known_letter_by_letter_before_and_after_pruning()
    {
        string[] ids = ["b", "B", "b ", "β", "𝔅", "é", "e\u0301", "a\nb\"\\,", new('字', 200), "'; drop table models; --"];
        await AppendAsync(Entry(1) with { BatchIds = ids[..4] });
        await AppendAsync(Entry(2));
        await AppendAsync(Entry(3) with { BatchIds = ids[4..] });

        var unpruned = await Journal.ReadBatchIdsAsync(Actor, default);
        Assert.Equal([1, 3], unpruned.Select(e => e.Sequence));
        Assert.Equal(ids, unpruned.SelectMany(e => e.BatchIds));
        Assert.Empty(await Journal.FindPrunedBatchIdsAsync(Actor, ids, default));

        await Journal.PruneAsync(Actor, 3, Noon.AddDays(-1), default);

        Assert.Empty(await Journal.ReadBatchIdsAsync(Actor, default));
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await Journal.FindPrunedBatchIdsAsync(Actor, [.. ids, "c"], default)).Order(StringComparer.Ordinal));
        Assert.Empty(await Journal.FindPrunedBatchIdsAsync(ActorKey.Model(Store.NewModel()), ids, default));
    }

    [StoreFact]
    public async Task One_known_id_of_many_keeps_an_entry_out()
    {
        await AppendAsync(Entry(1) with { BatchIds = ["a", "b", "c"] });
        await Journal.PruneAsync(Actor, 1, Noon.AddDays(-1), default);

        Assert.Equal(AppendOutcome.Duplicate, await AppendAsync(Entry(2) with { BatchIds = ["d", "c", "e"] }));
        Assert.Equal(["c"], await Journal.FindPrunedBatchIdsAsync(Actor, ["d", "c", "e"], default));
        Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(2) with { BatchIds = ["d", "e"] }));
    }

    [StoreFact]
    public async Task Ids_that_the_actor_is_certain_of_are_not_looked_for()
    {
        await AppendAsync(Entry(1) with { BatchIds = ["a"] });
        await Journal.PruneAsync(Actor, 1, Noon.AddDays(-1), default);

        Assert.Equal(AppendOutcome.Appended, await AppendAsync(Entry(2) with { BatchIds = ["a"], BatchIdsAreNew = true }));
        Assert.Equal(AppendOutcome.Duplicate, await AppendAsync(Entry(3) with { BatchIds = ["a"] }));
    }

    [StoreFact]
    public async Task A_pruned_id_is_found_whatever_the_hour_of_its_entry()
    {
        for (var sequence = 1; sequence <= 30; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}") with { At = Noon.AddHours(sequence) });
        await Journal.PruneAsync(Actor, 30, Noon, default);

        string[] asked = ["b1", "b17", "b30", "b31"];
        Assert.Equal(["b1", "b17", "b30"], (await Journal.FindPrunedBatchIdsAsync(Actor, asked, default)).Order(StringComparer.Ordinal));
        Assert.Equal(AppendOutcome.Duplicate, await AppendAsync(Entry(31) with { BatchIds = ["b31", "b17"] }));
    }

    [StoreFact]
    public async Task ReadPrunedBatchIdsAsync_gives_what_pruning_moved_and_no_more_than_asked_for()
    {
        for (var sequence = 1; sequence <= 6; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}") with { At = Noon.AddHours(sequence) });
        await AppendAsync(Entry(1, batchId: "other") with { Model = Store.NewModel() });
        await Journal.PruneAsync(Actor, 4, Noon, default);

        Assert.Equal(["b1", "b2", "b3", "b4"], (await PrunedAsync(most: 9)).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await PrunedAsync(most: 3)).Count);

        async Task<List<string>> PrunedAsync(int most)
        {
            var ids = new List<string>();
            await foreach (var id in Journal.ReadPrunedBatchIdsAsync(Actor, most, default))
                ids.Add(id);
            return ids;
        }
    }

    [StoreFact]
    public async Task PruneAsync_moves_the_ids_of_any_number_of_entries()
    {
        for (var sequence = 1; sequence <= 50; sequence++)
            await AppendAsync(Entry(sequence) with { BatchIds = [.. Enumerable.Range(0, 20).Select(i => $"{i}-{sequence}")] });

        await Journal.PruneAsync(Actor, 40, Noon.AddDays(-1), default);

        Assert.Equal(Enumerable.Range(41, 10).Select(i => (long)i), (await Journal.ReadBatchIdsAsync(Actor, default)).Select(e => e.Sequence));
        string[] all = [.. Enumerable.Range(1, 50).SelectMany(s => Enumerable.Range(0, 20).Select(i => $"{i}-{s}"))];
        Assert.Equal(800, (await Journal.FindPrunedBatchIdsAsync(Actor, all, default)).Count);
    }

    [StoreFact]
    public async Task AppendAsync_refuses_text_that_no_database_holds_and_writes_nothing()
    {
        JournalEntry[] refused =
        [
            Entry(1, batchId: "a\0b"),
            Entry(1, batchId: "half \uD83D"),
            Entry(1) with { Predictions = [new() { Id = "\0" }] },
            Entry(1) with { Predictions = [new() { Id = "p", Prediction = "\0" }] },
            Entry(1) with { Labels = [new("p", "\uDC00", null)] },
        ];

        foreach (var entry in refused)
            Assert.Equal(DriftError.Invalid, (await Assert.ThrowsAsync<DriftException>(() => AppendAsync(entry))).Error);

        Assert.Empty(await ReadAsync());
    }

    [StoreFact]
    public async Task PruneAsync_drops_payloads_and_keeps_batch_ids()
    {
        for (var sequence = 1; sequence <= 6; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}"));

        await Journal.PruneAsync(Actor, 2, Noon.AddDays(-1), default);
        await Journal.PruneAsync(Actor, 4, Noon.AddDays(-1), default);
        await Journal.PruneAsync(Actor, 3, Noon.AddDays(-1), default);

        Assert.Equal([5, 6], (await ReadAsync()).Select(e => e.Sequence));
        Assert.True(await Journal.ContainsAsync(Actor, "b1", default));
        Assert.Equal(AppendOutcome.Duplicate, await AppendAsync(Entry(7, batchId: "b1")));
        Assert.Equal(AppendOutcome.Conflict, await AppendAsync(Entry(1, batchId: "b7")));
    }

    [StoreFact]
    public async Task PruneAsync_forgets_batch_ids_beyond_the_horizon_but_no_entry_with_a_payload()
    {
        for (var sequence = 1; sequence <= 4; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}") with { At = Noon.AddHours(sequence) });

        await Journal.PruneAsync(Actor, 2, idsBefore: Noon.AddHours(2), default);
        Assert.False(await Journal.ContainsAsync(Actor, "b1", default));
        Assert.True(await Journal.ContainsAsync(Actor, "b2", default));

        await Journal.PruneAsync(Actor, 2, idsBefore: Noon.AddHours(9), default);
        Assert.False(await Journal.ContainsAsync(Actor, "b2", default));
        Assert.True(await Journal.ContainsAsync(Actor, "b3", default));
        Assert.Equal([3, 4], (await ReadAsync()).Select(e => e.Sequence));
    }

    [StoreFact]
    public async Task PruneAsync_keeps_to_the_actor()
    {
        var other = Store.NewModel();
        await AppendAsync(Entry(1, batchId: "b"));
        await AppendAsync(Entry(1, batchId: "b") with { Model = other });

        await Journal.PruneAsync(ActorKey.Model(other), 9, Noon.AddDays(9), default);

        Assert.Single(await ReadAsync());
        Assert.False(await Journal.ContainsAsync(ActorKey.Model(other), "b", default));
    }

    [StoreFact]
    public async Task A_cancelled_call_is_cancelled()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.AppendAsync(Entry(1), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.FindPrunedBatchIdsAsync(Actor, ["b"], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.PruneAsync(Actor, 1, Noon, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.States.LoadAsync(Actor, cancelled));
        Assert.Empty(await ReadAsync());
    }

    private Task<AppendOutcome> AppendAsync(JournalEntry entry) => Journal.AppendAsync(entry, default);

    private async Task<List<StoredEntry>> ReadAsync(long after = 0)
    {
        var entries = new List<StoredEntry>();
        await foreach (var entry in Journal.ReadAsync(Actor, after, default))
            entries.Add(entry);

        return entries;
    }

    private JournalEntry Entry(long sequence, string? batchId = null, byte[]? payload = null) => new()
    {
        Model = _model,
        Sequence = sequence,
        Kind = 1,
        BatchIds = batchId is null ? [] : [batchId],
        At = Noon,
        Payload = payload ?? [1, 2, 3],
    };
}
