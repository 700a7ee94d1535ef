using System.Text.Json;
using Drift.Actors;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class HistoryContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Store _store = fixture.Shared;
    private readonly ModelId _model = Store.NewModel();

    [StoreFact]
    public async Task ReadAsync_gives_the_figures_of_the_verdict()
    {
        await WriteAsync(Verdict());

        Assert.Equal(
            new HistoryEntry
            {
                Timestamp = Noon,
                Model = _model.ToString(),
                Window = "24h",
                KlDivergence = 0.16,
                Psi = 0.21,
                Js = 0.12,
                BaselineAccuracy = 0.91,
                CurrentAccuracy = 0.88,
                CombinedScore = 0.55,
                DriftDetected = true,
                Severity = Severity.Moderate,
                Rows = 12_000_000_000,
            },
            Assert.Single(await ReadAsync()));
    }

    [StoreFact]
    public async Task ReadAsync_gives_the_figures_of_a_column()
    {
        await WriteAsync(Verdict());

        Assert.Equal(
            new HistoryEntry
            {
                Timestamp = Noon,
                Model = _model.ToString(),
                Window = "24h",
                Feature = "age",
                KlDivergence = 0.11,
                Psi = 0.21,
                Js = 0.16,
                PValue = 1e-300,
                DriftDetected = true,
                Severity = Severity.Critical,
                Rows = 12_000_000_000,
            },
            Assert.Single(await ReadAsync(feature: "age")));
        Assert.Empty(await ReadAsync(feature: "Age"));
    }

    [StoreFact]
    public async Task ReadAsync_gives_nulls_where_nothing_is_defined()
    {
        await WriteAsync(new Verdict { EvaluatedAt = Noon, Window = "1h", Status = VerdictStatus.Learning, Features = [new() { Name = "x" }] });

        var entry = Assert.Single(await ReadAsync());
        Assert.Null(entry.KlDivergence);
        Assert.Null(entry.Psi);
        Assert.Null(entry.CombinedScore);
        Assert.Null(entry.CurrentAccuracy);
        Assert.Null(Assert.Single(await ReadAsync(feature: "x")).PValue);
    }

    [StoreFact]
    public async Task ReadAsync_filters_by_time_and_window_and_gives_the_newest_first_up_to_the_limit()
    {
        for (var hour = 0; hour < 5; hour++)
        {
            await WriteAsync(Verdict() with { EvaluatedAt = Noon.AddHours(hour), Window = "1h", Rows = hour });
            await WriteAsync(Verdict() with { EvaluatedAt = Noon.AddHours(hour), Window = "24h", Rows = hour + 10 });
        }

        foreach (var feature in (string?[])[null, "age"])
        {
            Assert.Equal([14, 4, 13, 3, 12, 2, 11, 1, 10, 0], await RowsAsync(new(Noon, null, feature, 100)));
            Assert.Equal([4, 3, 2, 1, 0], await RowsAsync(new(Noon, "1h", feature, 100)));
            Assert.Equal([4, 3], await RowsAsync(new(Noon.AddHours(3), "1h", feature, 100)));
            Assert.Equal([4], await RowsAsync(new(Noon.AddHours(3).AddTicks(10), "1h", feature, 100)));
            Assert.Equal([14, 13, 12], await RowsAsync(new(DateTimeOffset.MinValue, "24h", feature, 3)));
            Assert.Empty(await RowsAsync(new(Noon, "7d", feature, 100)));
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RowsAsync(new(Noon, null, null, 0)));
    }

    [StoreFact]
    public async Task ReadAsync_finds_what_was_written_at_its_own_time()
    {
        var at = Noon.AddTicks(7);
        await WriteAsync(Verdict() with { EvaluatedAt = at });

        Assert.Single(await _store.History.ReadAsync(_model, new(at, null, null, 10), default));
    }

    [StoreFact]
    public async Task ReadAsync_keeps_to_the_model_and_to_all_its_rows()
    {
        await WriteAsync(Verdict() with { Segment = "region=eu" });
        await _store.History.WriteAsync(Store.NewModel(), Verdict(), default);

        Assert.Empty(await ReadAsync());
        Assert.Empty(await ReadAsync(feature: "age"));
        Assert.Equal(1, await _store.CountAsync("drift_metrics", $"model = '{_model.Name}' and segment = 'region=eu'"));
        Assert.Equal(0, await _store.CountAsync("ml_metrics", $"model_name = '{_model}'"));
    }

    [StoreFact]
    public async Task Details_are_the_whole_verdict_in_the_words_of_the_API()
    {
        await WriteAsync(Verdict());

        var row = Assert.Single(await _store.RowsAsync(
            $"""select details, severity, status, "rows", "window" from drift_metrics where model = '{_model.Name}'"""));

        using var details = JsonDocument.Parse((string)row[0]!);
        var verdict = details.RootElement;
        Assert.Equal("moderate", verdict.GetProperty("severity").GetString());
        Assert.Equal("ok", verdict.GetProperty("status").GetString());
        Assert.Equal(0.55, verdict.GetProperty("combined_score").GetDouble());
        Assert.Equal(2, verdict.GetProperty("drifted_columns").GetInt32());
        var age = verdict.GetProperty("features")[0];
        Assert.Equal("age", age.GetProperty("name").GetString());
        Assert.Equal("numeric", age.GetProperty("type").GetString());
        Assert.Equal("critical", age.GetProperty("severities").GetProperty("psi").GetString());
        Assert.Equal(0.25, age.GetProperty("ks_p").GetDouble());
        Assert.Equal(0.07, age.GetProperty("l_infinity").GetDouble());
        Assert.False(age.TryGetProperty("chi2_p", out _));
        Assert.Equal(("moderate", "ok", 12_000_000_000, "24h"), ((string)row[1]!, (string)row[2]!, (long)row[3]!, (string)row[4]!));
    }

    [StoreFact]
    public async Task Ml_metrics_have_the_short_form()
    {
        await WriteAsync(Verdict());
        await WriteAsync(Verdict() with { DriftedColumns = 1, Features = [], EvaluatedAt = Noon.AddHours(1) });
        await WriteAsync(Verdict() with { DriftedColumns = 0, Columns = 0, EvaluatedAt = Noon.AddHours(2), CombinedScore = null });

        var rows = await _store.RowsAsync(
            $"""
            select prediction_drift, num_drifted_columns, share_missing_values, dataset_drift, drift_score from ml_metrics
            where model_name = '{_model}' order by timestamp
            """);

        Assert.Equal((0.05, 2L, 0.25, true, 0.55), Row(rows[0]));
        Assert.Equal((null, 1L, null, false, 0.55), Row(rows[1]));
        Assert.Equal((0.05, 0L, 0.25, false, null), Row(rows[2]));

        static (double?, long, double?, bool, double?) Row(object?[] row) => (
            (double?)row[0], Convert.ToInt64(row[1], null), (double?)row[2], Convert.ToBoolean(row[3], null), (double?)row[4]);
    }

    [StoreFact]
    public async Task Ml_metrics_have_only_verdicts_that_were_reached()
    {
        await WriteAsync(Verdict() with { Status = VerdictStatus.Insufficient });
        await WriteAsync(Verdict() with { Status = VerdictStatus.Learning });

        Assert.Equal(0, await _store.CountAsync("ml_metrics", $"model_name = '{_model}'"));
        Assert.Equal(2, (await ReadAsync()).Count);
    }

    [StoreFact]
    public async Task A_verdict_of_a_thousand_columns_with_any_name_is_written()
    {
        var verdict = Verdict() with
        {
            Features = [.. Enumerable.Range(0, 999).Select(i => new ColumnVerdict { Name = $"спалте {i}" }), new ColumnVerdict { Name = "a\0b\uD83D", Psi = 1 }],
        };
        await WriteAsync(verdict);

        Assert.Single(await ReadAsync(feature: "спалте 998"));
        Assert.Equal("a\0b\uD83D", Assert.Single(await ReadAsync(feature: "a\0b\uD83D")).Feature);
        Assert.Equal(1000, await _store.CountAsync("feature_drift", $"model = '{_model.Name}'"));
    }

    private Task WriteAsync(Verdict verdict) => _store.History.WriteAsync(_model, verdict, default);

    private Task<IReadOnlyList<HistoryEntry>> ReadAsync(string? feature = null) =>
        _store.History.ReadAsync(_model, new(DateTimeOffset.MinValue, null, feature, 10_000), default);

    private async Task<IEnumerable<long>> RowsAsync(HistoryQuery query) =>
        (await _store.History.ReadAsync(_model, query, default)).Select(entry => entry.Rows);

    private Verdict Verdict() => new()
    {
        Model = _model.ToString(),
        Window = "24h",
        EvaluatedAt = Noon,
        Rows = 12_000_000_000,
        ReferenceRows = 5000,
        Plan = 4,
        Status = VerdictStatus.Ok,
        Severity = Severity.Moderate,
        DriftDetected = true,
        Kl = 0.16,
        Psi = 0.21,
        Js = 0.12,
        CombinedScore = 0.55,
        DriftedColumns = 2,
        Columns = 4,
        ReferenceAccuracy = 0.91,
        CurrentAccuracy = 0.88,
        Features =
        [
            new()
            {
                Name = "age",
                Type = ColumnType.Numeric,
                Severity = Severity.Critical,
                Drifted = true,
                Share = 0.61,
                Psi = 0.21,
                Kl = 0.11,
                Js = 0.16,
                KsP = 0.25,
                LInfinity = 0.07,
                PValue = 1e-300,
                QValue = 1e-29,
                Severities = new Dictionary<string, Severity> { ["psi"] = Severity.Critical },
                Missing = 0.5,
            },
            new() { Name = "prediction", Role = ColumnRole.Prediction, Type = ColumnType.Categorical, Psi = 0.05 },
        ],
    };
}
