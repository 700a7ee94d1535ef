using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Support;

namespace Drift.Actors.Tests.Contract;

/// <summary>What a model's actor promises, whatever hosts it.</summary>
public abstract class ModelActorContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private EngineHarness _harness = null!;

    private IModelActor Model => _harness.Model();

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_model_nobody_knows_is_created_by_its_first_rows_and_learns()
    {
        var result = await Model.SendAsync(Traffic.Rows(100, 1), Now);
        var description = await Model.DescribeAsync();

        Assert.Equal(new IngestResult(IngestOutcome.Accepted, 0, 100, 5000), result);
        Assert.Equal(ModelState.Learning, description.Status);
        Assert.Equal(VerdictStatus.Learning, (await Model.GetVerdictAsync()).Status);
        Assert.Equal("credit", Assert.Single(await _harness.Engine.Catalog("default").ListAsync()).Name);
    }

    [Fact]
    public async Task Asking_a_model_that_does_not_exist_creates_nothing()
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => Model.GetVerdictAsync());

        Assert.Equal(DriftError.NotFound, error.Error);
        Assert.Empty(await _harness.Engine.Catalog("default").ListAsync());
    }

    [Fact]
    public async Task The_first_rows_become_the_reference_and_later_ones_are_compared_with_it()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(2000, 2), Now);

        var verdict = await Model.GetVerdictAsync();

        Assert.Equal((VerdictStatus.Ok, false, 2000L, 5000L, 1), (verdict.Status, verdict.DriftDetected, verdict.Rows, verdict.ReferenceRows, verdict.Plan));
        Assert.Equal(["age", "job", "prediction", "score"], verdict.Features.Select(f => f.Name).Order());
    }

    [Fact]
    public async Task A_shifted_feature_is_named_as_the_culprit()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(2000, 2, shift: 0.8), Now);

        var verdict = await Model.GetVerdictAsync();

        Assert.True(verdict.DriftDetected);
        Assert.Equal("age", verdict.Features[0].Name);
        Assert.True(verdict.Features[0].Share > 0.8);
        Assert.Equal(1, verdict.DriftedColumns);
    }

    [Fact]
    public async Task A_batch_with_too_few_rows_is_insufficient_and_never_critical()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(499, 2, shift: 5), Now);

        var verdict = await Model.GetVerdictAsync();

        Assert.Equal((VerdictStatus.Insufficient, Severity.None, false), (verdict.Status, verdict.Severity, verdict.DriftDetected));
    }

    [Fact]
    public async Task A_batch_id_counts_once_while_learning_and_while_monitoring()
    {
        await Model.SendAsync(Traffic.Rows(100, 1), Now, "b-1");
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(100, 1), Now, "b-1")).Outcome);
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(700, 2), Now, "b-2");
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(700, 2), Now, "b-2")).Outcome);
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(100, 1), Now, "b-1")).Outcome);

        Assert.Equal(700, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task Of_several_batches_sent_as_one_the_known_ones_are_named_and_nothing_changes_until_they_are_left_out()
    {
        await LearnAsync();
        async Task<IngestResult> SendAsync(params string[] ids) =>
            await Model.IngestAsync(Traffic.Bin(Traffic.Rows(100, 3), await Model.GetPlanAsync(), Now) with { BatchIds = ids });
        Assert.Equal(IngestOutcome.Accepted, (await SendAsync("a", "b", "c")).Outcome);

        async Task CheckAsync()
        {
            var again = await SendAsync("d", "c", "a");
            Assert.Equal(IngestOutcome.Duplicate, again.Outcome);
            Assert.Equal(["a", "c"], again.Duplicates.Order());
            Assert.Equal(100, (await Model.GetVerdictAsync()).Rows);
        }

        await CheckAsync();
        _harness.Crash();
        await CheckAsync();
        // With the snapshot the entries are pruned.
        await _harness.PassivateAsync();
        await CheckAsync();
        Assert.Equal(IngestOutcome.Accepted, (await SendAsync("d")).Outcome);
        Assert.Equal(["d"], (await SendAsync("d")).Duplicates);
    }

    [Fact]
    public async Task A_batch_id_of_a_deleted_model_counts_again()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(100, 3), Now, "b");
        await Model.DeleteAsync();

        Assert.Equal(IngestOutcome.Accepted, (await Model.SendAsync(Traffic.Rows(100, 3), Now, "b")).Outcome);
        Assert.Equal(100, (await Model.DescribeAsync()).Rows);
    }

    [Fact]
    public async Task An_append_that_is_refused_changes_nothing_and_the_state_is_not_read_again()
    {
        await LearnAsync();
        var reads = _harness.JournalReads;
        _harness.OnAppend = (_, _) => Task.FromException<AppendOutcome>(new AppendRefusedException("The journal is full."));
        Assert.Equal(DriftError.Unavailable, (await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(100, 4), Now, "b"))).Error);
        _harness.OnAppend = null;

        Assert.Equal(IngestOutcome.Accepted, (await Model.SendAsync(Traffic.Rows(100, 4), Now, "b")).Outcome);
        Assert.Equal(reads, _harness.JournalReads);

        _harness.OnAppend = (_, _) => Task.FromException<AppendOutcome>(new DriftException("The database is away."));
        await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(100, 5), Now, "c"));
        _harness.OnAppend = null;
        await Model.SendAsync(Traffic.Rows(100, 5), Now, "c");
        Assert.Equal(reads + 1, _harness.JournalReads);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_crash_and_counted_once()
    {
        for (var i = 0; i < 7; i++)
        {
            await Model.SendAsync(Traffic.Rows(1000, i), Now, $"b-{i}");
            _harness.Crash();
        }

        var verdict = await Model.GetVerdictAsync();

        Assert.Equal((5000L, 2000L), (verdict.ReferenceRows, verdict.Rows));
        Assert.Equal(7000, (await Model.DescribeAsync()).Rows);
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(1000, 6), Now, "b-6")).Outcome);
    }

    [Fact]
    public async Task A_verdict_is_the_same_after_passivation_and_after_a_crash()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(1500, 2, shift: 0.5, labels: true), Now);
        var before = await Model.GetVerdictAsync(now: true);

        _harness.Crash();
        var crashed = await Model.GetVerdictAsync(now: true);
        await _harness.PassivateAsync();
        var passivated = await Model.GetVerdictAsync("24h", now: true);

        AssertSame(before, crashed);
        AssertSame(before, passivated with { Window = before.Window });

        static void AssertSame(Verdict expected, Verdict actual)
        {
            Assert.Equal(expected.Features.Select(f => f with { Severities = null }), actual.Features.Select(f => f with { Severities = null }));
            Assert.Equal((expected.Rows, expected.ReferenceRows, expected.CombinedScore), (actual.Rows, actual.ReferenceRows, actual.CombinedScore));
        }
    }

    [Fact]
    public async Task Two_activations_of_a_model_cannot_both_count()
    {
        await LearnAsync();
        var second = _harness.StartSecondEngine().Model(ModelId.Create("default", "credit"));
        await second.DescribeAsync();

        for (var i = 0; i < 5; i++)
        {
            await Model.SendAsync(Traffic.Rows(600, 10 + i), Now, $"first-{i}");
            await second.SendAsync(Traffic.Rows(600, 20 + i), Now, $"second-{i}");
            Assert.Equal(IngestOutcome.Duplicate, (await second.SendAsync(Traffic.Rows(600, 10 + i), Now, $"first-{i}")).Outcome);
        }

        _harness.Crash();
        Assert.Equal(6000, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task A_batch_whose_append_failed_before_the_write_is_not_counted()
    {
        await LearnAsync();
        _harness.OnAppend = (_, _) => throw new DriftException(DriftError.Unavailable, "The database is away.");
        await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(600, 2), Now, "b"));
        _harness.OnAppend = null;

        Assert.Equal(0, (await Model.GetVerdictAsync()).Rows);
        Assert.Equal(IngestOutcome.Accepted, (await Model.SendAsync(Traffic.Rows(600, 2), Now, "b")).Outcome);
        Assert.Equal(600, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task A_batch_whose_append_failed_after_the_write_counts_once_when_it_is_sent_again()
    {
        await LearnAsync();
        _harness.OnAppend = async (_, append) =>
        {
            await append();
            throw new DriftException(DriftError.Unavailable, "The connection broke before the answer.");
        };
        await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(600, 2), Now, "b"));
        _harness.OnAppend = null;

        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(600, 2), Now, "b")).Outcome);
        Assert.Equal(600, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task Concurrent_batches_are_all_counted()
    {
        await LearnAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Model.SendAsync(Traffic.Rows(50, i), Now, $"b-{i % 20}")));

        Assert.Equal(1000, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task A_delta_of_another_plan_is_refused_and_changes_nothing()
    {
        await LearnAsync();
        var stale = await Model.GetPlanAsync();
        await Model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(1000, 3, shift: 1)));

        var result = await Model.IngestAsync(Traffic.Bin(Traffic.Rows(600, 4), stale, Now));

        Assert.Equal((IngestOutcome.PlanChanged, 2), (result.Outcome, result.Plan));
        Assert.Equal(0, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task A_delta_of_a_deleted_model_does_not_count_in_its_successor()
    {
        await LearnAsync();
        var stale = await Model.GetPlanAsync();
        await Model.DeleteAsync();
        await Model.SendAsync(Traffic.Rows(5000, 9, shift: 3), Now);

        Assert.Equal(1, (await Model.GetPlanAsync()).Version);
        Assert.Equal(IngestOutcome.PlanChanged, (await Model.IngestAsync(Traffic.Bin(Traffic.Rows(600, 4), stale, Now))).Outcome);
    }

    [Fact]
    public async Task A_deleted_model_is_gone_from_everywhere()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(600, 2, ids: true), Now);
        await Model.GetVerdictAsync();
        await Model.DeleteAsync();

        await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());
        Assert.Empty(await _harness.Engine.Catalog("default").ListAsync());
        _harness.Crash();
        await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("with")]
    public async Task Labels_that_come_before_after_or_with_their_predictions_end_in_the_same_figures(string when)
    {
        await LearnAsync();
        var rows = Traffic.Rows(800, 5, ids: true, labels: true);
        var labels = Enumerable.Range(0, rows.Count).Select(r => new LabelRecord(rows.Texts.GetString(rows.Id(r)), rows.Label.Category(r, rows.Texts)!, null)).ToList();
        var bare = Traffic.Rows(800, 5, ids: true, labels: true);
        for (var row = 0; row < bare.Count && when != "with"; row++)
            bare.Label.SetMissing(row);

        if (when == "before")
            Assert.Equal(800, (await Model.LabelAsync(new LabelBatch { Labels = labels })).Waiting);
        await Model.SendAsync(bare, Now);
        if (when == "after")
            Assert.Equal(800, (await Model.LabelAsync(new LabelBatch { Labels = labels })).Matched);

        _harness.Crash();
        var performance = (await Model.GetPerformanceAsync()).Current!;
        var expected = Enumerable.Range(0, rows.Count).Count(r => rows.Label.Category(r, rows.Texts) == rows.Prediction.Category(r, rows.Texts)) / 800.0;
        Assert.Equal(800, performance.Labelled);
        Assert.Equal(expected, performance.Accuracy!.Value, 12);
        Assert.Equal(800, (await Model.GetVerdictAsync()).Rows);
    }

    [Fact]
    public async Task The_first_label_of_a_prediction_counts_and_a_second_one_is_reported()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(600, 5, ids: true), Now);

        await Model.LabelAsync(new LabelBatch { Labels = [new("p-5-0", "yes", null)] });
        var again = await Model.LabelAsync(new LabelBatch { Labels = [new("p-5-0", "yes", null), new("p-5-0", "no", null), new("p-5-1", "no", null), new("p-5-1", "no", null), new("nobody", "no", null)] });

        Assert.Equal((1, 1, 2), (again.Matched, again.Waiting, again.Repeated));
        Assert.Equal(["p-5-0"], again.Conflicting);
        Assert.Equal(2, (await Model.GetPerformanceAsync()).Current!.Labelled);
    }

    [Fact]
    public async Task Labels_of_learned_rows_count_in_the_reference()
    {
        await Model.SendAsync(Traffic.Rows(2500, 1, ids: true), Now);
        await Model.LabelAsync(new LabelBatch { Labels = [new("p-1-0", "yes", null), new("p-1-1", "yes", null)] });
        await Model.SendAsync(Traffic.Rows(2500, 2, ids: true), Now);
        await Model.LabelAsync(new LabelBatch { Labels = [new("p-2-0", "yes", null)] });

        _harness.Crash();
        var performance = await Model.GetPerformanceAsync();

        Assert.Equal((3L, 0L), (performance.Reference!.Labelled, performance.Current!.Labelled));
    }

    [Fact]
    public async Task A_label_batch_id_counts_once()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(600, 5, ids: true), Now);
        var batch = new LabelBatch { BatchId = "l-1", Labels = [new("p-5-0", "yes", null)] };

        Assert.False((await Model.LabelAsync(batch)).Duplicate);
        Assert.True((await Model.LabelAsync(batch)).Duplicate);
    }

    [Fact]
    public async Task Rows_that_waited_for_an_uploaded_reference_are_compared_with_it()
    {
        await Model.ConfigureAsync(new ModelSettings { Reference = new ReferenceSettings { Mode = ReferenceMode.Uploaded } });
        await Model.SendAsync(Traffic.Rows(700, 2, shift: 1), Now);
        Assert.Equal(VerdictStatus.Learning, (await Model.GetVerdictAsync()).Status);

        await Model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(2000, 1)));
        var verdict = await Model.GetVerdictAsync();

        Assert.Equal((700L, 2000L, true), (verdict.Rows, verdict.ReferenceRows, verdict.DriftDetected));
    }

    [Fact]
    public async Task A_model_that_waits_for_its_reference_refuses_rows_it_could_not_keep()
    {
        await Model.ConfigureAsync(new ModelSettings { Reference = new ReferenceSettings { Mode = ReferenceMode.Uploaded, Rows = 1000 } });
        await Model.SendAsync(Traffic.Rows(1000, 2), Now);

        var error = await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(10, 3), Now));

        Assert.Equal(DriftError.Conflict, error.Error);
        Assert.Contains("PUT the reference", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, (await Model.DescribeAsync()).Rows);
    }

    [Fact]
    public async Task A_reference_with_fewer_rows_than_min_rows_is_refused_and_changes_nothing()
    {
        await LearnAsync();
        var before = await Model.GetReferenceAsync();

        var error = await Assert.ThrowsAsync<DriftException>(() => Model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(1, 1))));

        Assert.Equal(DriftError.Invalid, error.Error);
        Assert.Equivalent(before, await Model.GetReferenceAsync());
    }

    [Fact]
    public async Task A_reference_without_any_value_is_refused()
    {
        var rows = new RowBatch();
        for (var i = 0; i < 600; i++)
            rows.Feature("age").SetMissing(rows.AddRow());

        var error = await Assert.ThrowsAsync<DriftException>(() => Model.SetReferenceAsync(RowBatchCodec.Encode(rows)));

        Assert.Equal(DriftError.Invalid, error.Error);
        await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());
    }

    [Fact]
    public async Task A_constant_reference_column_is_warned_of_and_its_change_is_drift()
    {
        var rows = Traffic.Rows(1000, 1);
        for (var i = 0; i < 1000; i++)
            rows.Feature("fee").SetNumber(i, 7);
        var reference = await Model.SetReferenceAsync(RowBatchCodec.Encode(rows));
        var changed = Traffic.Rows(1000, 2);
        for (var i = 0; i < 1000; i++)
            changed.Feature("fee").SetNumber(i, 9);
        await Model.SendAsync(changed, Now);

        Assert.Contains(reference.Warnings, w => w.Contains("'fee' is constant (7)", StringComparison.Ordinal));
        Assert.Equal(("fee", true), ((await Model.GetVerdictAsync()).Features[0].Name, (await Model.GetVerdictAsync()).Features[0].Drifted));
    }

    [Fact]
    public async Task A_pinned_period_becomes_the_reference_and_the_windows_stay()
    {
        await LearnAsync();
        var from = Now;
        await Model.SendAsync(Traffic.Rows(2000, 2, shift: 1), Now);
        _harness.Clock.Advance(TimeSpan.FromMinutes(10));
        await Model.SendAsync(Traffic.Rows(1000, 3, shift: 1), Now);
        Assert.True((await Model.GetVerdictAsync()).DriftDetected);

        var reference = await Model.PinReferenceAsync(from, from.AddMinutes(5));
        var verdict = await Model.GetVerdictAsync();

        Assert.Equal((ReferenceMode.Pinned, 2000L, from), (reference.Mode, reference.Rows, reference.From!.Value));
        Assert.Equal((3000L, 2000L, false), (verdict.Rows, verdict.ReferenceRows, verdict.DriftDetected));
    }

    [Fact]
    public async Task A_period_without_enough_rows_cannot_be_pinned()
    {
        await LearnAsync();
        var error = await Assert.ThrowsAsync<DriftException>(() => Model.PinReferenceAsync(Now.AddDays(-1), Now));

        Assert.Equal(DriftError.Invalid, error.Error);
        Assert.Equal(ReferenceMode.First, (await Model.GetReferenceAsync()).Mode);
    }

    [Fact]
    public async Task A_rolling_reference_follows_the_rows_with_its_lag()
    {
        await Model.ConfigureAsync(new ModelSettings { Reference = new ReferenceSettings { Mode = ReferenceMode.Rolling, Rows = 1000, Days = 2, LagDays = 1 } });
        await Model.SendAsync(Traffic.Rows(1000, 1), Now);
        await Model.SendAsync(Traffic.Rows(1500, 2, shift: 1), Now);
        Assert.Equal((1000L, true), ((await Model.GetVerdictAsync()).ReferenceRows, (await Model.GetVerdictAsync()).DriftDetected));

        _harness.Clock.Advance(TimeSpan.FromDays(2));
        await Model.SendAsync(Traffic.Rows(1200, 3, shift: 1), Now);
        var verdict = await Model.GetVerdictAsync();

        Assert.Equal((1200L, 1500L, false), (verdict.Rows, verdict.ReferenceRows, verdict.DriftDetected));
    }

    [Fact]
    public async Task A_model_can_use_the_reference_of_another()
    {
        await LearnAsync();
        var twin = _harness.Model("credit-v2");
        await twin.ConfigureAsync(new ModelSettings { Reference = new ReferenceSettings { Mode = ReferenceMode.Model, Model = "credit" } });
        await twin.SendAsync(Traffic.Rows(1000, 4, shift: 1), Now);

        var verdict = await twin.GetVerdictAsync();

        Assert.Equal((5000L, true), (verdict.ReferenceRows, verdict.DriftDetected));
    }

    [Fact]
    public async Task A_reference_of_a_model_without_one_is_a_conflict_and_changes_nothing()
    {
        var error = await Assert.ThrowsAsync<DriftException>(
            () => Model.ConfigureAsync(new ModelSettings { Reference = new ReferenceSettings { Mode = ReferenceMode.Model, Model = "nobody" } }));

        Assert.Equal(DriftError.Conflict, error.Error);
        await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());
    }

    [Fact]
    public async Task New_thresholds_apply_to_the_reference_that_is_there()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(2000, 2, shift: 0.5), Now);
        Assert.True((await Model.GetVerdictAsync()).DriftDetected);
        var lax = Thresholds.Names.ToDictionary(n => n, _ => (IReadOnlyList<double>)[5, 6, 7]);

        await Model.ConfigureAsync(new ModelSettings { Thresholds = lax });

        Assert.Equal((false, 2000L), ((await Model.GetVerdictAsync()).DriftDetected, (await Model.GetVerdictAsync()).Rows));
    }

    [Fact]
    public async Task A_changed_schema_makes_the_model_learn_again()
    {
        await LearnAsync();
        var description = await Model.ConfigureAsync(
            new ModelSettings { Features = new Dictionary<string, FeatureSettings> { ["age"] = new() { Type = Core.Plans.ColumnType.Categorical } } });

        Assert.Equal((ModelState.Learning, 0L), (description.Status, description.Learned!.Value));
        await LearnAsync();
        Assert.Equal(2, (await Model.GetPlanAsync()).Version);
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_refused_with_their_fields()
    {
        var error = await Assert.ThrowsAsync<DriftException>(
            () => Model.ConfigureAsync(new ModelSettings { Alpha = 2, Windows = ["3h"], Thresholds = new Dictionary<string, IReadOnlyList<double>> { ["psi"] = [3, 2, 1] } }));

        Assert.Equal(["alpha", "thresholds.psi", "windows"], error.Fields!.Keys.Order());
    }

    [Fact]
    public async Task A_window_forgets_rows_that_are_too_old_for_it()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(1000, 2), Now);
        _harness.Clock.Advance(TimeSpan.FromHours(3));
        await Model.SendAsync(Traffic.Rows(600, 3), Now);

        Assert.Equal(600, (await Model.GetVerdictAsync("1h")).Rows);
        Assert.Equal(1600, (await Model.GetVerdictAsync("24h")).Rows);
        Assert.Equal(1600, (await Model.GetVerdictAsync("30d")).Rows);
    }

    [Fact]
    public async Task Late_rows_count_in_the_pane_that_they_belong_to()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(700, 2, at: Now.AddHours(-5)), Now);

        Assert.Equal(0, (await Model.GetVerdictAsync("1h")).Rows);
        Assert.Equal(700, (await Model.GetVerdictAsync("24h")).Rows);
    }

    [Fact]
    public async Task Drift_opens_after_two_drifted_evaluations_and_closes_after_three_quiet_ones()
    {
        await LearnAsync();
        for (var i = 0; i < 2; i++)
            await EvaluateAsync(Traffic.Rows(3000, 10 + i, shift: 1));
        Assert.True(Assert.Single(await _harness.Engine.Catalog("default").ListAsync()).DriftOpen);

        _harness.Clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 3; i++)
            await EvaluateAsync(Traffic.Rows(1000, 20 + i));

        var kinds = (await Model.GetChangesAsync(0, TimeSpan.Zero)).Where(c => c.Window == "1h").Select(c => c.Kind).Where(k => k.StartsWith("drift", StringComparison.Ordinal));
        Assert.Equal(["drift_opened", "drift_closed"], kinds);
    }

    [Fact]
    public async Task A_caller_that_waits_for_changes_is_told_of_the_next_one_and_misses_none()
    {
        await LearnAsync();
        var last = (await Model.GetChangesAsync(0, TimeSpan.Zero))[^1].Number;
        var waiting = Model.GetChangesAsync(last, TimeSpan.FromMinutes(1));
        await EvaluateAsync(Traffic.Rows(3000, 10, shift: 1));

        var changes = await waiting;

        Assert.Equal(last + 1, changes[0].Number);
        Assert.Equal("severity", changes[0].Kind);
        Assert.Equal(["age"], changes[0].Columns);
    }

    [Fact]
    public async Task The_verdict_is_reached_without_anybody_asking()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(3000, 10, shift: 1), Now);
        var after = (await Model.GetReferenceAsync()).Plan;

        await Eventually.Async(
            async () =>
            {
                _harness.Clock.Advance(TimeSpan.FromSeconds(1));
                return (await Model.GetChangesAsync(after, TimeSpan.Zero)).Any(c => c.Kind == "severity");
            },
            Patience,
            "the severity of the model changes");
    }

    [Fact]
    public async Task Verdicts_are_kept_in_history()
    {
        await LearnAsync();
        await EvaluateAsync(Traffic.Rows(3000, 10, shift: 1));

        var entries = await Model.GetHistoryAsync(new HistoryQuery(Now.AddDays(-1), "1h", null, 10));
        var feature = await Model.GetHistoryAsync(new HistoryQuery(Now.AddDays(-1), "1h", "age", 10));

        Assert.True(entries[0].DriftDetected);
        Assert.Equal(3000, entries[0].Rows);
        Assert.True(feature[0].Psi > 0.3);
    }

    [Fact]
    public async Task Segments_have_verdicts_of_their_own()
    {
        await Model.ConfigureAsync(new ModelSettings { Segments = ["region"], MinRows = 300 });
        await Model.SendAsync(Traffic.Rows(5000, 1, region: r => r % 2 == 0 ? "eu" : "us"), Now);
        await Model.SendAsync(Traffic.Rows(1000, 2, region: _ => "eu"), Now);
        await Model.SendAsync(Traffic.Rows(1000, 3, shift: 1, region: _ => "us"), Now);

        var segments = await Model.GetSegmentsAsync();

        Assert.Equal([("region=us", true), ("region=eu", false)], segments.Select(s => (s.Segment!, s.DriftDetected)));
        Assert.All(segments, s => Assert.Equal((1000L, 2500L), (s.Rows, s.ReferenceRows)));
    }

    [Fact]
    public async Task Adapters_are_segments_without_being_listed_and_say_how_their_rows_were_served()
    {
        await Model.ConfigureAsync(new ModelSettings { MinRows = 300 });
        await Model.SendAsync(Served(5000, 1, "v1"), Now);
        await Model.SendAsync(Served(1000, 2, "v1"), Now);
        await Model.SendAsync(Served(1000, 3, "v2", shift: 1), Now, "b-3");
        await Model.SendAsync(Traffic.Rows(500, 4), Now);
        await CheckAsync();

        // From the journal, and from a snapshot.
        _harness.Crash();
        await CheckAsync();
        await _harness.PassivateAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            var segments = await Model.GetSegmentsAsync();
            Assert.Equal([("adapter=v2", true, 1000L), ("adapter=v1", false, 1000L)], segments.Select(s => (s.Segment!, s.DriftDetected, s.Rows)));
            // The first rows, all of v1, are the reference of both: v2 had none.
            Assert.All(segments, s => Assert.Equal(5000, s.ReferenceRows));
            Assert.All(segments, s => Assert.Equal(
                (1000L, 20.0, 10_000L, 3_000L, 500L, 500L),
                (s.Serving!.Timed, s.Serving.LatencyMeanMs!.Value, s.Serving.PromptTokens, s.Serving.CompletionTokens, s.Serving.CacheHits, s.Serving.CacheMisses)));
            Assert.InRange(segments[0].Serving!.LatencyP99Ms!.Value, 10, 25);
            Assert.Null((await Model.GetVerdictAsync()).Serving);
        }
    }

    [Fact]
    public async Task Late_labels_count_with_the_adapter_of_their_prediction()
    {
        await LearnAsync();
        foreach (var (adapter, seed) in ((string, int)[])[("v1", 10), ("v2", 11)])
        {
            var rows = Traffic.Rows(600, seed, ids: true);
            for (var row = 0; row < rows.Count; row++)
                rows.Serving.Adapter.SetText(row, rows.Texts.Add(adapter));
            var batch = Traffic.Bin(rows, await Model.GetPlanAsync(), Now);
            await Model.IngestAsync(batch with { Predictions = [.. batch.Predictions.Select(p => p with { Segments = [$"adapter={adapter}"] })] });
            // The labels of v1 are all as predicted, those of v2 all otherwise.
            await Model.LabelAsync(new LabelBatch { Labels = [.. batch.Predictions.Select(p => new LabelRecord(p.Id, adapter == "v1" ? p.Prediction! : p.Prediction == "yes" ? "no" : "yes", null))] });
        }

        var accuracies = (await Model.GetSegmentsAsync()).ToDictionary(s => s.Segment!, s => s.CurrentAccuracy);

        Assert.Equal((1.0, 0.0), (accuracies["adapter=v1"], accuracies["adapter=v2"]));
    }

    // Each took 20 ms, with ten tokens in and three out; every second one came out of a cache.
    private static RowBatch Served(int count, int seed, string adapter, double shift = 0)
    {
        var rows = Traffic.Rows(count, seed, shift);
        for (var row = 0; row < count; row++)
        {
            rows.Serving.Adapter.SetText(row, rows.Texts.Add(adapter));
            rows.Serving.LatencyMs.SetNumber(row, 20);
            rows.Serving.PromptTokens.SetNumber(row, 10);
            rows.Serving.CompletionTokens.SetNumber(row, 3);
            rows.Serving.SetCache(row, row % 2 == 0 ? "hit"u8 : "miss"u8);
        }

        return rows;
    }

    [Fact]
    public async Task A_column_shows_its_histograms_side_by_side()
    {
        await LearnAsync();
        await Model.SendAsync(Traffic.Rows(1000, 2, shift: 1), Now);

        var age = await Model.GetFeatureAsync("age");
        var job = await Model.GetFeatureAsync("job");

        Assert.Equal((5000L, 1000L), (age.Bins.Sum(b => b.Reference), age.Bins.Sum(b => b.Current)));
        Assert.Equal((5000L, 1000L), (age.FineBins!.Sum(b => b.Reference), age.FineBins!.Sum(b => b.Current)));
        Assert.Equal(1, age.Current!.Mean, 1);
        Assert.Equal(["clerk", "cook", "driver", "nurse", "teacher"], job.Bins.Select(b => b.Category).Order());
        var error = await Assert.ThrowsAsync<DriftException>(() => Model.GetFeatureAsync("salary"));
        Assert.Contains("'age'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_is_replayed_only_from_the_last_snapshot()
    {
        await LearnAsync();
        for (var i = 0; i < 12; i++)
            await Model.SendAsync(Traffic.Rows(100, i), Now, $"b-{i}");

        _harness.Crash();
        Assert.Equal(1200, (await Model.GetVerdictAsync()).Rows);
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(100, 0), Now, "b-0")).Outcome);
    }

    [Fact]
    public async Task A_model_that_rests_between_batches_counts_rows_and_labels_as_one_that_does_not()
    {
        IModelActor resting = Model, busy = _harness.Model("twin");
        foreach (var model in (IModelActor[])[resting, busy])
            await model.SendAsync(Traffic.Rows(5000, 1, ids: true), Now);
        for (var i = 0; i < 4; i++)
        {
            _harness.Clock.Advance(TimeSpan.FromMinutes(1));
            foreach (var model in (IModelActor[])[resting, busy])
            {
                await model.SendAsync(Traffic.Rows(500, 10 + i, shift: 0.3, labels: true), Now);
                await model.LabelAsync(new LabelBatch { Labels = [new($"p-1-{i}", "yes", null)] });
            }

            // The first takes in the batch, the second finds nothing new: then panes and reference are encoded.
            await resting.GetVerdictAsync(now: true);
            await resting.GetVerdictAsync(now: true);
        }

        var (rested, not) = (await resting.GetVerdictAsync(now: true), await busy.GetVerdictAsync(now: true));
        Assert.Equal(not.Features.Select(f => f with { Severities = null }), rested.Features.Select(f => f with { Severities = null }));
        Assert.Equal((2000L, 5000L), (rested.Rows, rested.ReferenceRows));
        var (one, other) = (await resting.GetPerformanceAsync(), await busy.GetPerformanceAsync());
        Assert.Equal((4L, 2000L), (one.Reference!.Labelled, one.Current!.Labelled));
        Assert.Equal((other.Reference!.Accuracy, other.Current!.Accuracy), (one.Reference.Accuracy, one.Current.Accuracy));
    }

    [Fact]
    public async Task Batches_that_race_with_passivation_count_once()
    {
        await LearnAsync();
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            var rows = Traffic.Rows(10, i);
            var passivation = _harness.PassivateAsync();
            Assert.Equal(IngestOutcome.Accepted, (await Model.SendAsync(rows, Now, $"b-{i}")).Outcome);
            await passivation;
            Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(rows, Now, $"b-{i}")).Outcome);
        });

        Assert.Equal(5600, (await Model.DescribeAsync()).Rows);
    }

    protected abstract Task<EngineHarness> StartAsync();

    private async Task LearnAsync()
    {
        var wanted = 5000 - ((await Model.GetPlanAsync()).Exists ? (int)((await Model.DescribeAsync()).Learned ?? 0) : 0);
        await Model.SendAsync(Traffic.Rows(wanted, 1), Now);
        Assert.Equal(ModelState.Monitoring, (await Model.DescribeAsync()).Status);
    }

    /// <summary>Sends rows and lets one evaluation see them.</summary>
    private async Task EvaluateAsync(RowBatch rows)
    {
        await Model.SendAsync(rows, Now);
        await Model.GetVerdictAsync();
    }
}
