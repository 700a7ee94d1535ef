using Drift.Actors;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class PredictionLogContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Store _store = fixture.Shared;
    private readonly ModelId _model = Store.NewModel();
    private long _sequence;

    [StoreFact]
    public async Task FindPredictionsAsync_gives_back_all_that_was_logged()
    {
        var full = new PredictionRecord
        {
            Id = "full",
            Time = Noon.AddTicks(10),
            Prediction = "approve \"it\" 承認",
            Score = 0.1 + 0.2,
            ClassScores = new Dictionary<string, double> { ["approve"] = 0.3, ["re\0ject\uFFFD 𝔘"] = 1e-300, [""] = double.MaxValue },
            Label = "",
            Segments = ["region=eu", "tier=\"gold\"\n", "="],
        };
        await AppendAsync([full, new() { Id = "bare" }]);

        var found = await _store.Predictions.FindPredictionsAsync(_model, ["bare", "absent", "full", "full"], default);

        Assert.Equal(["bare", "full"], found.Keys.Order());
        Same(full, found["full"]);
        Same(new() { Id = "bare" }, found["bare"]);
    }

    [StoreFact]
    public async Task What_stands_among_many_predictions_comes_back_as_from_among_few()
    {
        PredictionRecord[] rows =
        [
            new() { Id = "bare" },
            new() { Id = "full", Time = Noon.AddTicks(10), Prediction = "承認", Score = 0.1 + 0.2, ClassScores = new Dictionary<string, double> { ["re\0ject 𝔘"] = 1e-300 }, Label = "", Segments = ["a=\"b\"\n"], InReference = true },
            new() { Id = "nan", Score = double.NaN, Time = DateTimeOffset.MinValue },
            new() { Id = "inf", Score = double.NegativeInfinity, Time = Noon.AddTicks(-1) },
        ];
        await AppendAsync([.. rows, .. Enumerable.Range(0, 5_000).Select(i => new PredictionRecord { Id = $"p{i}", Score = i })]);

        var found = await _store.Predictions.FindPredictionsAsync(_model, [.. rows.Select(r => r.Id), "p0", "p4999"], default);

        Same(rows[0], found["bare"]);
        Same(rows[1], found["full"]);
        Same(rows[2] with { Score = null }, found["nan"]);
        Same(rows[3] with { Time = Noon.AddTicks(-10) }, found["inf"]);
        Assert.Equal((0, 4999), (found["p0"].Score, found["p4999"].Score));
    }

    [StoreFact]
    public async Task FindPredictionsAsync_gives_event_times_of_any_year_to_the_microsecond_rounded_down()
    {
        DateTimeOffset[] times = [DateTimeOffset.MinValue, new(1969, 12, 31, 23, 59, 59, TimeSpan.Zero), Noon, DateTimeOffset.MaxValue];
        await AppendAsync([.. times.Select((time, i) => new PredictionRecord { Id = $"{i}", Time = time }), new() { Id = "late", Time = Noon.AddTicks(-1) }]);

        var found = await _store.Predictions.FindPredictionsAsync(_model, ["0", "1", "2", "3", "late"], default);

        for (var i = 0; i < times.Length; i++)
            Assert.Equal(times[i].AddTicks(-(times[i].Ticks % 10)), found[$"{i}"].Time);

        Assert.Equal(Noon.AddTicks(-10), found["late"].Time);
    }

    [StoreFact]
    public async Task The_first_prediction_of_an_id_stays_within_a_batch_and_across_batches()
    {
        await AppendAsync([new() { Id = "p", Prediction = "first" }, new() { Id = "p", Prediction = "second" }]);
        await AppendAsync([new() { Id = "p", Prediction = "third" }, new() { Id = "q", Prediction = "other" }]);

        var found = await _store.Predictions.FindPredictionsAsync(_model, ["p", "q"], default);

        Assert.Equal(("first", "other"), (found["p"].Prediction, found["q"].Prediction));
    }

    [StoreFact]
    public async Task The_first_prediction_of_an_id_stays_on_later_days_and_when_the_clock_goes_back()
    {
        int[] days = [0, 1, 40, -3];
        foreach (var day in days)
            await AppendAsync([new() { Id = "p", Prediction = $"{day}" }, new() { Id = $"q{day}", Prediction = $"{day}" }], Noon.AddDays(day));

        var found = await _store.Predictions.FindPredictionsAsync(_model, ["p", .. days.Select(d => $"q{d}")], default);

        Assert.Equal("0", found["p"].Prediction);
        Assert.All(days, d => Assert.Equal($"{d}", found[$"q{d}"].Prediction));
    }

    [StoreFact]
    public async Task The_first_label_of_an_id_stays_within_a_batch_and_across_batches()
    {
        await AppendAsync([], [new("p", "yes", Noon), new("p", "no", null)]);
        await AppendAsync([], [new("p", "maybe", null), new("q", "no", null)]);

        var found = await _store.Predictions.FindLabelsAsync(_model, ["p", "q", "r"], default);

        Assert.Equal(2, found.Count);
        Assert.Equal(new LabelRecord("p", "yes", Noon), found["p"]);
        Assert.Equal(new LabelRecord("q", "no", null), found["q"]);
    }

    [StoreFact]
    public async Task Ids_are_told_apart_letter_by_letter_and_model_by_model()
    {
        string[] ids = ["p", "P", "p ", "é", "e\u0301", "🙂", new('字', 200), "%", "_", "'"];
        await AppendAsync([.. ids.Select(id => new PredictionRecord { Id = id, Prediction = id })], [.. ids.Select(id => new LabelRecord(id, id, null))]);

        var predictions = await _store.Predictions.FindPredictionsAsync(_model, ids, default);
        var labels = await _store.Predictions.FindLabelsAsync(_model, ids, default);

        Assert.Equal(ids.Length, predictions.Count);
        Assert.All(ids, id => Assert.Equal((id, id), (predictions[id].Prediction, labels[id].Label)));
        Assert.Empty(await _store.Predictions.FindPredictionsAsync(Store.NewModel(), ids, default));
        Assert.Empty(await _store.Predictions.FindLabelsAsync(Store.NewModel(), ids, default));
    }

    [StoreFact]
    public async Task Asking_for_no_ids_or_for_impossible_ones_finds_nothing()
    {
        Assert.Empty(await _store.Predictions.FindPredictionsAsync(_model, [], default));
        Assert.Empty(await _store.Predictions.FindLabelsAsync(_model, [], default));
        await AppendAsync([new() { Id = "\uFFFD" }]);
        Assert.Empty(await _store.Predictions.FindPredictionsAsync(_model, ["\0", "\uD83D"], default));
    }

    [StoreFact]
    public async Task Thousands_of_predictions_and_labels_go_in_one_batch()
    {
        string[] ids = [.. Enumerable.Range(0, 10_000).Select(i => $"p{i}")];
        await AppendAsync([.. ids.Select(id => new PredictionRecord { Id = id, Score = 0.5 })], [.. ids.Select(id => new LabelRecord(id, "1", null))]);

        Assert.Equal(ids.Length, (await _store.Predictions.FindPredictionsAsync(_model, ids, default)).Count);
        Assert.Equal(ids.Length, (await _store.Predictions.FindLabelsAsync(_model, ids, default)).Count);
    }

    [StoreFact]
    public async Task Scores_that_are_no_number_are_stored_as_none()
    {
        await AppendAsync([
            new() { Id = "nan", Score = double.NaN, ClassScores = new Dictionary<string, double> { ["a"] = double.NaN } },
            new() { Id = "inf", Score = double.PositiveInfinity }]);

        var found = await _store.Predictions.FindPredictionsAsync(_model, ["nan", "inf"], default);

        Assert.Null(found["nan"].Score);
        Assert.Equal(double.NaN, found["nan"].ClassScores!["a"]);
        Assert.Equal(double.PositiveInfinity, found["inf"].Score);
    }

    private Task AppendAsync(PredictionRecord[] predictions, params LabelRecord[] labels) => AppendAsync(predictions, Noon, labels);

    private Task AppendAsync(PredictionRecord[] predictions, DateTimeOffset at, params LabelRecord[] labels) =>
        _store.Journal.AppendAsync(
            new() { Model = _model, Sequence = ++_sequence, Kind = 1, At = at, Payload = default, Predictions = predictions, Labels = labels }, default);

    private static void Same(PredictionRecord expected, PredictionRecord actual)
    {
        Assert.Equal(expected with { ClassScores = null, Segments = [] }, actual with { ClassScores = null, Segments = [] });
        Assert.Equal(expected.ClassScores, actual.ClassScores);
        Assert.Equal(expected.Segments, actual.Segments);
    }
}
