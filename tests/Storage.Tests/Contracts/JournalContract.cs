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
        Assert.Empty(await Journal.FindPrunedBatchIdsAsync(Actor, [1, 3], ids, default));

        await Journal.PruneAsync(Actor, 3, Noon.AddDays(-1), long.MaxValue, 0, default);

        Assert.Empty(await Journal.ReadBatchIdsAsync(Actor, default));
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await Journal.FindPrunedBatchIdsAsync(Actor, [1, 2, 3], [.. ids, "c"], default)).Order(StringComparer.Ordinal));
        Assert.Empty(await Journal.FindPrunedBatchIdsAsync(ActorKey.Model(Store.NewModel()), [1, 2, 3], ids, default));
    }

    [StoreFact]
    public async Task FindPrunedBatchIdsAsync_looks_into_the_entries_that_it_is_given_and_tells_what_it_is_asked_for()
    {
        await AppendAsync(Entry(1) with { BatchIds = ["a", "b", "c"] });
        await AppendAsync(Entry(2) with { BatchIds = ["d"] });
        await Journal.PruneAsync(Actor, 2, Noon.AddDays(-1), long.MaxValue, 0, default);

        Assert.Equal(["c"], await Journal.FindPrunedBatchIdsAsync(Actor, [1, 7], ["e", "c", "d"], default));
        Assert.Equal(["d"], await Journal.FindPrunedBatchIdsAsync(Actor, [2], ["c", "d"], default));
        Assert.Empty(await Journal.FindPrunedBatchIdsAsync(Actor, [], ["c", "d"], default));
    }

    [StoreFact]
    public async Task Ids_that_an_older_version_moved_out_of_their_entries_are_found_whatever_their_hour_until_the_horizon()
    {
        for (var i = 1; i <= 30; i++)
            await _store.ExecuteAsync($"insert into drift_batches (actor_key, hour, batch_id) values ('{Actor}', {fixture.Literal(Noon.AddHours(i))}, 'b{i}')");

        Assert.Equal(Enumerable.Range(1, 30).Select(i => $"b{i}").Order(), (await Journal.PrunedAsync(Actor)).SelectMany(e => e.BatchIds).Order());
        Assert.All(await Journal.PrunedAsync(Actor), e => Assert.Equal(0, e.Sequence));
        Assert.Equal(["b1", "b17", "b30"], (await Journal.FindPrunedBatchIdsAsync(Actor, [0], ["b1", "b17", "b30", "b31"], default)).Order(StringComparer.Ordinal));

        await Journal.PruneAsync(Actor, 0, Noon.AddHours(18), long.MaxValue, 0, default);
        Assert.Equal(["b30"], await Journal.FindPrunedBatchIdsAsync(Actor, [0], ["b1", "b17", "b30"], default));
    }

    [StoreFact]
    public async Task ReadPrunedBatchIdsAsync_gives_the_ids_of_pruned_entries_the_last_one_first()
    {
        for (var sequence = 1; sequence <= 6; sequence++)
            await AppendAsync(Entry(sequence) with { BatchIds = [$"a{sequence}", $"b{sequence}"], At = Noon.AddHours(sequence) });
        await AppendAsync(Entry(7));
        await AppendAsync(Entry(1, batchId: "other") with { Model = Store.NewModel() });

        await Journal.PruneAsync(Actor, 4, Noon, long.MaxValue, 0, default);

        var pruned = await Journal.PrunedAsync(Actor);
        Assert.Equal([4, 3, 2, 1], pruned.Select(e => e.Sequence));
        Assert.All(pruned, e => Assert.Equal([$"a{e.Sequence}", $"b{e.Sequence}"], e.BatchIds));
        Assert.Equal([5, 6], (await Journal.ReadBatchIdsAsync(Actor, default)).Select(e => e.Sequence));
        await foreach (var entry in Journal.ReadPrunedBatchIdsAsync(Actor, default))
        {
            Assert.Equal(4, entry.Sequence);
            break;
        }
    }

    [StoreFact]
    public async Task PruneAsync_takes_any_number_of_entries()
    {
        for (var sequence = 1; sequence <= 100; sequence++)
            await AppendAsync(Entry(sequence) with { BatchIds = [.. Enumerable.Range(0, 20).Select(i => $"{i}-{sequence}")] });

        await Journal.PruneAsync(Actor, 90, Noon.AddDays(-1), long.MaxValue, idsThrough: 70, default);

        Assert.Equal(Enumerable.Range(91, 10).Select(i => (long)i), (await ReadAsync()).Select(e => e.Sequence));
        Assert.Equal(Enumerable.Range(91, 10).Select(i => (long)i), (await Journal.ReadBatchIdsAsync(Actor, default)).Select(e => e.Sequence));
        Assert.Equal(Enumerable.Range(71, 20).Reverse().Select(i => (long)i), (await Journal.PrunedAsync(Actor)).Select(e => e.Sequence));
        Assert.All(await Journal.PrunedAsync(Actor), e => Assert.Equal(20, e.BatchIds.Count));
    }

    [StoreFact]
    public async Task PruneAsync_takes_the_ids_of_entries_that_are_to_be_forgotten_and_keeps_their_sequences_taken()
    {
        for (var sequence = 1; sequence <= 4; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}"));

        await Journal.PruneAsync(Actor, 2, Noon.AddDays(-1), long.MaxValue, idsThrough: 1, default);
        Assert.Equal([2], (await Journal.PrunedAsync(Actor)).Select(e => e.Sequence));

        // Never those of an entry that is still to be replayed.
        await Journal.PruneAsync(Actor, 2, Noon.AddDays(-1), long.MaxValue, idsThrough: 9, default);
        Assert.Empty(await Journal.PrunedAsync(Actor));
        Assert.Equal([3, 4], (await Journal.ReadBatchIdsAsync(Actor, default)).Select(e => e.Sequence));
        Assert.Equal(AppendOutcome.Conflict, await AppendAsync(Entry(1)));
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

        await Journal.PruneAsync(Actor, 2, Noon.AddDays(-1), long.MaxValue, 0, default);
        await Journal.PruneAsync(Actor, 4, Noon.AddDays(-1), long.MaxValue, 0, default);
        await Journal.PruneAsync(Actor, 3, Noon.AddDays(-1), long.MaxValue, 0, default);

        Assert.Equal([5, 6], (await ReadAsync()).Select(e => e.Sequence));
        Assert.True(await Journal.ContainsAsync(Actor, "b1", default));
        Assert.Equal(AppendOutcome.Conflict, await AppendAsync(Entry(1, batchId: "b7")));
    }

    [StoreFact]
    public async Task PruneAsync_forgets_batch_ids_beyond_the_horizon_but_no_entry_with_a_payload()
    {
        for (var sequence = 1; sequence <= 4; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}") with { At = Noon.AddHours(sequence) });

        await Journal.PruneAsync(Actor, 2, Noon.AddHours(2), long.MaxValue, 0, default);
        Assert.False(await Journal.ContainsAsync(Actor, "b1", default));
        Assert.True(await Journal.ContainsAsync(Actor, "b2", default));

        await Journal.PruneAsync(Actor, 2, Noon.AddHours(9), long.MaxValue, 0, default);
        Assert.False(await Journal.ContainsAsync(Actor, "b2", default));
        Assert.True(await Journal.ContainsAsync(Actor, "b3", default));
        Assert.Equal([3, 4], (await ReadAsync()).Select(e => e.Sequence));
    }

    [StoreFact]
    public async Task PruneAsync_keeps_entries_that_must_not_be_taken_for_old()
    {
        for (var sequence = 1; sequence <= 4; sequence++)
            await AppendAsync(Entry(sequence, batchId: $"b{sequence}"));

        await Journal.PruneAsync(Actor, 4, Noon.AddDays(30), entriesThrough: 2, 0, default);

        Assert.False(await Journal.ContainsAsync(Actor, "b2", default));
        Assert.True(await Journal.ContainsAsync(Actor, "b3", default));
        Assert.True(await Journal.ContainsAsync(Actor, "b4", default));
    }

    [StoreFact]
    public async Task PruneAsync_keeps_to_the_actor()
    {
        var other = Store.NewModel();
        await AppendAsync(Entry(1, batchId: "b"));
        await AppendAsync(Entry(1, batchId: "b") with { Model = other });

        await Journal.PruneAsync(ActorKey.Model(other), 9, Noon.AddDays(9), long.MaxValue, 0, default);

        Assert.Single(await ReadAsync());
        Assert.False(await Journal.ContainsAsync(ActorKey.Model(other), "b", default));
    }

    [StoreFact]
    public async Task A_cancelled_call_is_cancelled()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.AppendAsync(Entry(1), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.FindPrunedBatchIdsAsync(Actor, [1], ["b"], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.PruneAsync(Actor, 1, Noon, long.MaxValue, 0, cancelled));
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
