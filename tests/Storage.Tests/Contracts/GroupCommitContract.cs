using System.Globalization;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Drift.Storage.Tests.Support;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Tests.Contracts;

/// <summary>Groups of entries on a real database.</summary>
public abstract class GroupCommitContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    // Two of it are so many predictions that PostgreSQL copies them.
    private const int Half = 200;

    private readonly Store _store = fixture.Shared;

    private IGroupJournal Group => _store.Get<IGroupJournal>();

    [StoreFact]
    public async Task A_thousand_appends_of_fifty_actors_at_once_are_all_durable_and_take_fewer_flushes()
    {
        ModelId[] models = [.. Enumerable.Range(0, 50).Select(_ => Store.NewModel())];
        var gate = new GatedJournal(Group);
        await using var journal = Journal(gate);
        Task<AppendOutcome> AppendAsync(int i) => Task.Run(
            () => journal.AppendAsync(Entry(models[i % 50], 1 + (i / 50), $"b{i}", [(byte)i]) with { Predictions = [new() { Id = $"p{i}" }] }, default));
        var first = AppendAsync(0);
        await gate.Entered;

        var rest = Enumerable.Range(1, 999).Select(AppendAsync).ToList();
        gate.Open();
        var outcomes = await Task.WhenAll([first, .. rest]);

        Assert.All(outcomes, outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        Assert.Equal(1000, gate.Groups.Sum(g => g.Count));
        Assert.InRange(gate.Groups.Count, 2, 500);
        for (var m = 0; m < 50; m++)
        {
            Assert.Equal(Enumerable.Range(0, 20).Select(i => (i + 1L, (byte)(m + (i * 50)))), (await ReadAsync(models[m])).Select(e => (e.Sequence, e.Payload[0])));
            Assert.Equal(20, await _store.CountAsync("predictions", $"model = '{models[m].Name}'"));
        }
    }

    [StoreFact]
    public async Task Each_entry_of_a_group_has_its_own_outcome_and_only_appended_ones_bring_their_records()
    {
        ModelId[] models = [.. Enumerable.Range(0, 4).Select(_ => Store.NewModel())];
        await Group.AppendAsync([Entry(models[0], 1, "known"), Entry(models[1], 1, "other")]);
        await Group.PruneAsync(ActorKey.Model(models[0]), 1, Noon.AddDays(-1), long.MaxValue, 0, default);
        JournalEntry[] group =
        [
            Entry(models[3], 2, null),
            Entry(models[1], 1, "new"),
            Entry(models[2], 1, "known"),
            Entry(models[1], 2, "newer"),
            Entry(models[0], 1, null),
            Entry(models[3], 1, null),
        ];

        var outcomes = await Group.AppendAsync(
            [.. group.Select((e, i) => e with { Predictions = [new() { Id = $"p{i}", Score = i }], Labels = [new($"l{i}", $"{i}", null)] })]);

        Assert.Equal(
            [
                AppendOutcome.Appended, AppendOutcome.Conflict, AppendOutcome.Appended, AppendOutcome.Appended, AppendOutcome.Conflict,
                AppendOutcome.Appended,
            ],
            outcomes);
        for (var i = 0; i < group.Length; i++)
        {
            var expected = outcomes[i] == AppendOutcome.Appended ? 1 : 0;
            var predictions = await _store.Predictions.FindPredictionsAsync(group[i].Model, [$"p{i}"], default);
            Assert.Equal(expected, predictions.Count);
            Assert.All(predictions.Values, p => Assert.Equal(i, p.Score));
            Assert.Equal(expected, (await _store.Predictions.FindLabelsAsync(group[i].Model, [$"l{i}"], default)).Count);
        }
    }

    [StoreFact]
    public async Task Of_several_records_with_one_id_in_a_group_the_first_stays()
    {
        var model = Store.NewModel();
        var other = Store.NewModel();
        var outcomes = await Group.AppendAsync(
        [
            Entry(model, 1, null) with { Predictions = [new() { Id = "p", Prediction = "first" }, new() { Id = "p", Prediction = "second" }] },
            Entry(other, 1, null) with { Predictions = [new() { Id = "p", Prediction = "other" }] },
            Entry(model, 2, null) with { Predictions = [new() { Id = "p", Prediction = "third" }], Labels = [new("p", "yes", null), new("p", "no", null)] },
        ]);

        Assert.All(outcomes, outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        Assert.Equal("first", (await _store.Predictions.FindPredictionsAsync(model, ["p"], default))["p"].Prediction);
        Assert.Equal("other", (await _store.Predictions.FindPredictionsAsync(other, ["p"], default))["p"].Prediction);
        Assert.Equal("yes", (await _store.Predictions.FindLabelsAsync(model, ["p"], default))["p"].Label);
    }

    [StoreFact]
    public async Task Of_a_group_with_many_predictions_only_appended_entries_bring_theirs()
    {
        ModelId[] models = [.. Enumerable.Range(0, 3).Select(_ => Store.NewModel())];
        await Group.AppendAsync([Entry(models[0], 1, "known"), Entry(models[1], 1, "other")]);
        await Group.PruneAsync(ActorKey.Model(models[0]), 1, Noon.AddDays(-1), long.MaxValue, 0, default);

        var outcomes = await Group.AppendAsync([Many(models[2], 1, "new"), Many(models[0], 1, "newest"), Many(models[1], 1, "newer"), Many(models[2], 2, "newest", from: Half)]);

        Assert.Equal([AppendOutcome.Appended, AppendOutcome.Conflict, AppendOutcome.Conflict, AppendOutcome.Appended], outcomes);
        foreach (var (model, expected) in models.Zip([0, 0, Half + Half + Half]))
        {
            Assert.Equal(expected, await _store.CountAsync("predictions", $"model = '{model.Name}'"));
            Assert.Equal(expected, await _store.CountAsync("labels", $"model = '{model.Name}'"));
        }

        var found = await _store.Predictions.FindPredictionsAsync(models[2], [.. Enumerable.Range(0, 3 * Half).Select(i => $"p{i}")], default);
        Assert.Equal(3 * Half, found.Count);
        Assert.All(Enumerable.Range(0, 3 * Half), i => Assert.Equal(i < 2 * Half ? 1 : 2, found[$"p{i}"].Score));
    }

    [StoreFact]
    public async Task Of_many_predictions_the_first_of_an_id_stays_also_when_it_was_logged_by_an_earlier_group_or_on_another_day()
    {
        var model = Store.NewModel();
        var later = Many(model, 4, null, from: Half) with { At = Noon.AddDays(1) };
        await Group.AppendAsync([Many(model, 1, null)]);

        // One that repeats ids of its day, one that does not, and one that repeats those of the day before and its own.
        await Group.AppendAsync([Many(model, 2, null, from: Half)]);
        await Group.AppendAsync([Many(model, 3, null, from: 4 * Half)]);
        await Group.AppendAsync([later with { Predictions = [.. later.Predictions, .. later.Predictions.Select(p => p with { Score = -1 })] }]);

        var found = await _store.Predictions.FindPredictionsAsync(model, [.. Enumerable.Range(0, 6 * Half).Select(i => $"p{i}")], default);
        Assert.Equal(5 * Half, found.Count);
        Assert.All(found, f => Assert.Equal(int.Parse(f.Key.AsSpan(1), CultureInfo.InvariantCulture) switch { < 2 * Half => 1, < 3 * Half => 2, _ => 3 }, f.Value.Score));
    }

    [StoreFact]
    public async Task Two_hosts_that_log_the_same_ids_of_the_same_models_at_once_log_them_once()
    {
        await using var other = _store.OpenAgain();
        ModelId[] models = [.. Enumerable.Range(0, 3).Select(_ => Store.NewModel())];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(host => Task.Run(() => (host % 2 == 0 ? _store : other).Get<IGroupJournal>().AppendAsync(
            [.. (host % 3 == 0 ? models : models.Reverse()).Select(m => Many(m, 1 + (host / 2), $"b{host}"))]))));

        Assert.Equal(3 * 3, outcomes.Sum(o => o.Count(e => e == AppendOutcome.Appended)));
        foreach (var model in models)
            Assert.Equal(2 * Half, await _store.CountAsync("predictions", $"model = '{model.Name}'"));
    }

    [StoreFact]
    public async Task Rivals_that_wait_together_end_as_one_appended_and_one_refused()
    {
        var model = Store.NewModel();
        var gate = new GatedJournal(Group);
        await using var journal = Journal(gate);
        var first = journal.AppendAsync(Entry(Store.NewModel(), 1, null), default);
        await gate.Entered;

        var batch = journal.AppendAsync(Entry(model, 1, "b", [1]), default);
        var sameSequence = journal.AppendAsync(Entry(model, 1, "c", [3]), default);
        var free = journal.AppendAsync(Entry(model, 2, "d", [4]), default);
        var wholly = journal.AppendAsync(Entry(model, 2, "d", [5]), default);
        gate.Open();

        Assert.Equal(
            [AppendOutcome.Appended, AppendOutcome.Appended, AppendOutcome.Conflict, AppendOutcome.Appended, AppendOutcome.Conflict],
            await Task.WhenAll(first, batch, sameSequence, free, wholly));
        Assert.Equal([1, 4], (await ReadAsync(model)).Select(e => e.Payload[0]));
    }

    [StoreFact]
    public async Task Two_hosts_that_write_for_the_same_actors_in_any_order_share_the_sequences()
    {
        await using var other = _store.OpenAgain();
        ModelId[] models = [.. Enumerable.Range(0, 40).Select(_ => Store.NewModel())];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(host => Task.Run(() => (host % 2 == 0 ? _store : other).Get<IGroupJournal>().AppendAsync(
            [.. (host % 3 == 0 ? models : models.Reverse()).Select(m => Entry(m, 1, $"b{host}") with { Predictions = [new() { Id = $"p{host % 2}" }] })]))));

        Assert.Equal(40, outcomes.Sum(o => o.Count(e => e == AppendOutcome.Appended)));
        Assert.Equal(280, outcomes.Sum(o => o.Count(e => e == AppendOutcome.Conflict)));
        foreach (var model in models)
            Assert.Single(await ReadAsync(model));
    }

    [StoreFact]
    public async Task What_waits_at_dispose_is_written()
    {
        var model = Store.NewModel();
        var store = _store.OpenAgain();
        var appends = Enumerable.Range(1, 300).Select(i => store.Journal.AppendAsync(Entry(model, i, $"b{i}"), default)).ToList();

        await store.DisposeAsync();

        Assert.All(await Task.WhenAll(appends), outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        Assert.Equal(300, (await ReadAsync(model)).Count);
    }

    private static GroupCommitJournal Journal(IGroupJournal inner) =>
        new(inner, Options.Create(new JournalOptions()), new StorageInstruments(null));

    private static JournalEntry Entry(ModelId model, long sequence, string? batchId, byte[]? payload = null) => new()
    {
        Model = model,
        Sequence = sequence,
        Kind = 1,
        BatchIds = batchId is null ? [] : [batchId],
        At = Noon,
        Payload = payload ?? [1, 2, 3],
    };

    /// <summary>An entry of many predictions whose score is its sequence, in no order of their ids, and their labels.</summary>
    private static JournalEntry Many(ModelId model, long sequence, string? batchId, int from = 0) => Entry(model, sequence, batchId) with
    {
        Predictions = [.. Enumerable.Range(from, 2 * Half).Reverse().Select(i => new PredictionRecord { Id = $"p{i}", Score = sequence })],
        Labels = [.. Enumerable.Range(from, 2 * Half).Select(i => new LabelRecord($"p{i}", "yes", null))],
    };

    private async Task<List<StoredEntry>> ReadAsync(ModelId model)
    {
        var entries = new List<StoredEntry>();
        await foreach (var entry in _store.Journal.ReadAsync(ActorKey.Model(model), 0, default))
            entries.Add(entry);

        return entries;
    }
}
