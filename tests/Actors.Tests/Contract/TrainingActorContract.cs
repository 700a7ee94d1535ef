using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Settings;
using Drift.Core.Training;
using Drift.Core.Triggers;

namespace Drift.Actors.Tests.Contract;

/// <summary>What the actor of a training run promises, whatever hosts it.</summary>
public abstract class TrainingActorContract : IAsyncLifetime
{
    private static readonly ModelId Model = ModelId.Create("default", "credit");

    private EngineHarness _harness = null!;
    private int _batches;

    private ITrainingActor Run => _harness.Engine.Training("default", "run-1");

    private ITriggerActor Trigger => _harness.Engine.Trigger(Model);

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_run_that_never_began_takes_nothing()
    {
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => RecordAsync(1))).Error);
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => FinishAsync(TrainingStatus.Failed))).Error);
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Run.GetAsync())).Error);
        Assert.Empty(await RunsAsync());
    }

    [Fact]
    public async Task A_start_that_is_repeated_is_one_run_and_another_run_under_its_id_is_refused()
    {
        var first = await BeginAsync();
        Assert.Equal(first, await BeginAsync() with { Parameters = first.Parameters, Latest = first.Latest });
        var refused = await Assert.ThrowsAsync<DriftException>(() => Run.StartAsync(new TrainingStart { Model = "fraud", StartedAt = Now }));
        Assert.Equal(DriftError.Conflict, refused.Error);
        Assert.Contains("of model credit", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1, "16"), (Assert.Single(await RunsAsync()).Sequence, first.Parameters["rank"]));
    }

    [Fact]
    public async Task Points_are_kept_in_order_and_a_run_shows_the_latest_of_each_value()
    {
        await BeginAsync();
        await RecordAsync(new TrainingPoint { Timestamp = Now, Step = 1, TrainingLoss = 2, EwcLambda = 0.4, Samples = 32 }, new TrainingPoint { Timestamp = Now.AddSeconds(1), Step = 2, TrainingLoss = 1.5 });
        await RecordAsync(new TrainingPoint { Timestamp = Now.AddSeconds(2), Step = 3, ValidationLoss = 1.8, FisherMatrixSizeBytes = 1 << 20 });

        var run = Assert.Single(await RunsAsync());
        Assert.Equal((3, 3, 1.5, 1.8, 0.4, 1 << 20, 32), (run.Points, run.Latest.Step, run.Latest.TrainingLoss, run.Latest.ValidationLoss, run.Latest.EwcLambda, run.Latest.FisherMatrixSizeBytes, run.Latest.Samples));
        Assert.Equal((1.5, 1.8, Now), (run.BestTrainingLoss, run.BestValidationLoss, run.LastPointAt));
        var points = await PointsAsync();
        Assert.Equal([(1L, 1L), (2L, 2L), (3L, 3L)], points.Select(p => (p.Number, p.Point.Step!.Value)));
        Assert.Equal([3L], (await _harness.TrainingRuns.ReadPointsAsync("default", "run-1", 2, 10, default)).Select(p => p.Number));
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_counts_once_also_after_a_crash_and_after_the_end()
    {
        await BeginAsync();
        var batch = new TrainingBatch("b1", [new TrainingPoint { Timestamp = Now, Step = 1, TrainingLoss = 2 }]);
        Assert.False((await Run.RecordAsync(batch)).Duplicate);
        _harness.Crash();
        Assert.Equal((0, true), (await Run.RecordAsync(batch) is var again ? (again.Accepted, again.Duplicate) : default));
        await FinishAsync(TrainingStatus.Succeeded);
        Assert.True((await Run.RecordAsync(batch)).Duplicate);

        Assert.Single(await PointsAsync());
    }

    [Fact]
    public async Task Two_activations_number_points_without_gap_or_loss()
    {
        await BeginAsync();
        var second = _harness.StartSecondEngine().Training("default", "run-1");
        await second.GetAsync();
        for (var i = 0; i < 3; i++)
        {
            await RecordAsync(1);
            await second.RecordAsync(new TrainingBatch($"second-{i}", [new TrainingPoint { Timestamp = Now, TrainingLoss = 1 }]));
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], (await PointsAsync()).Select(p => (int)p.Number));
        Assert.Equal(6, Assert.Single(await RunsAsync()).Points);
    }

    [Fact]
    public async Task A_write_whose_outcome_is_unknown_counts_once()
    {
        await BeginAsync();
        _harness.OnSave = async save =>
        {
            await save();
            _harness.OnSave = null;
            throw new DriftException(DriftError.Unavailable, "The database went away before it answered.");
        };
        var batch = new TrainingBatch("b1", [new TrainingPoint { Timestamp = Now, TrainingLoss = 2 }]);
        await Assert.ThrowsAsync<DriftException>(() => Run.RecordAsync(batch));

        Assert.True((await Run.RecordAsync(batch)).Duplicate);
        Assert.Single(await PointsAsync());
    }

    [Fact]
    public async Task A_run_that_ended_takes_no_more_points_and_no_other_end()
    {
        await BeginAsync();
        var ended = await FinishAsync(TrainingStatus.Succeeded, "loss 0.9");
        Assert.Equal((TrainingStatus.Succeeded, Now, "loss 0.9", "v4"), (ended.Status, ended.FinishedAt, ended.Summary, ended.AdapterVersion));
        Assert.Equal(ended.Sequence, (await FinishAsync(TrainingStatus.Succeeded)).Sequence);

        var late = await Assert.ThrowsAsync<DriftException>(() => RecordAsync(1));
        Assert.Equal(DriftError.Conflict, late.Error);
        Assert.Contains("is succeeded since", late.Message, StringComparison.Ordinal);
        Assert.Equal(DriftError.Conflict, (await Assert.ThrowsAsync<DriftException>(() => FinishAsync(TrainingStatus.Failed))).Error);
        Assert.Empty(await PointsAsync());
    }

    [Fact]
    public async Task A_loss_that_is_no_number_or_far_above_its_best_is_an_alert_until_it_comes_down()
    {
        await BeginAsync();
        await RecordAsync(2);
        await RecordAsync(1);
        await RecordAsync(4.9);
        Assert.Empty(await AlertsAsync());
        await RecordAsync(5.1);
        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal((AlertKind.Training, Severity.Critical, "credit", AlertState.Open), (alert.Kind, alert.Severity, alert.Model, alert.State));
        Assert.Contains("run-1 of credit diverges: its loss is more than 5 times its best, 1.", alert.Summary, StringComparison.Ordinal);
        Assert.Equal(TrainingFault.Diverging, Assert.Single(await RunsAsync()).Fault);

        await RecordAsync(new TrainingPoint { Timestamp = Now, Diverged = true });
        await RecordAsync(new TrainingPoint { Timestamp = Now, Step = 9 });
        Assert.Equal((1, AlertState.Open), ((await AlertsAsync()).Count, (await AlertsAsync())[0].State));
        await RecordAsync(1.2);
        Assert.Equal((AlertState.Resolved, "it goes on"), ((await AlertsAsync())[0].State, (await AlertsAsync())[0].Resolution));
        await RecordAsync(new TrainingPoint { Timestamp = Now, Diverged = true });
        Assert.Equal(2, (await AlertsAsync()).Select(a => a.Id).Distinct().Count());
        await FinishAsync(TrainingStatus.Failed);
        Assert.All(await AlertsAsync(), a => Assert.Equal(AlertState.Resolved, a.State));
        Assert.Equal(["Opened", "Opened", "Resolved", "Resolved"], await ToldAsync());
    }

    [Fact]
    public async Task A_run_without_points_stalls_without_any_call_goes_on_with_the_next_and_is_given_up_in_the_end()
    {
        await BeginAsync();
        await RecordAsync(1);
        await _harness.PassivateAsync();
        Assert.Equal(1, await _harness.WakeAsync());
        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal((Severity.Moderate, "Training run run-1 of credit stalls: no point for 10 minutes."), (alert.Severity, alert.Summary));
        Assert.Equal(0, await _harness.WakeAsync());

        await RecordAsync(0.9);
        Assert.Equal((AlertState.Resolved, TrainingFault.None), ((await AlertsAsync())[0].State, (await RunsAsync())[0].Fault));

        _harness.Crash();
        _harness.Clock.Advance(TimeSpan.FromMinutes(10));
        await _harness.WakeAsync();
        Assert.Equal(2, (await AlertsAsync()).Count);
        _harness.Clock.Advance(TimeSpan.FromDays(7));
        await _harness.WakeAsync();
        var run = Assert.Single(await RunsAsync());
        Assert.Equal((TrainingStatus.Failed, "given up: no point for 7 days"), (run.Status, run.Summary));
        Assert.All(await AlertsAsync(), a => Assert.Equal(AlertState.Resolved, a.State));
        Assert.Equal(0, await _harness.WakeAsync());
    }

    [Fact]
    public async Task A_silenced_alert_of_a_run_is_recorded_and_told_to_nobody()
    {
        await _harness.Alerts.AddSilenceAsync(new Silence { Id = "s1", Tenant = "default", Kind = AlertKind.Training, StartsAt = Now, EndsAt = Now.AddDays(1) }, default);
        await BeginAsync();
        await RecordAsync(new TrainingPoint { Timestamp = Now, Diverged = true });
        Assert.True(Assert.Single(await AlertsAsync()).Silenced);
        await RecordAsync(1);
        Assert.Empty(await ToldAsync());
    }

    [Theory]
    [InlineData(TrainingStatus.Succeeded, TriggerStatus.Succeeded, "loss 0.9")]
    [InlineData(TrainingStatus.Failed, TriggerStatus.Failed, "loss 0.9")]
    [InlineData(TrainingStatus.Cancelled, TriggerStatus.Failed, "the training run was cancelled: loss 0.9")]
    public async Task A_trigger_runs_with_its_run_and_ends_with_it(TrainingStatus end, TriggerStatus outcome, string message)
    {
        var trigger = await RequestAsync();
        await BeginAsync(trigger.Id);
        Assert.Equal((TriggerStatus.Running, "run-1"), await TriggerAsync() is var running ? (running.Status, running.TrainingRun) : default);
        await FinishAsync(end, "loss 0.9");

        var ended = await TriggerAsync();
        Assert.Equal((outcome, message, "v4"), (ended.Status, ended.Message, ended.AdapterVersion));
        Assert.Equal(0, await _harness.WakeAsync());
    }

    [Fact]
    public async Task Points_are_a_sign_of_life_of_the_trigger()
    {
        var trigger = await RequestAsync();
        await BeginAsync(trigger.Id);
        for (var i = 0; i < 4; i++)
        {
            _harness.Clock.Advance(TimeSpan.FromMinutes(20));
            await RecordAsync(1);
            await _harness.WakeAsync();
        }

        Assert.Equal(TriggerStatus.Running, (await TriggerAsync()).Status);
    }

    [Fact]
    public async Task A_trigger_that_could_not_be_told_of_the_end_is_told_with_the_next_wake_even_after_a_crash()
    {
        var trigger = await RequestAsync();
        await BeginAsync(trigger.Id);
        var saves = 0;
        _harness.OnSave = save => ++saves == 1 ? save() : throw new DriftException(DriftError.Unavailable, "The database went away.");
        await FinishAsync(TrainingStatus.Succeeded);
        Assert.Equal(TriggerStatus.Running, (await TriggerAsync()).Status);
        _harness.OnSave = null;
        _harness.Crash();

        await _harness.WakeAsync();

        Assert.Equal(TriggerStatus.Succeeded, (await TriggerAsync()).Status);
        Assert.Equal(0, await _harness.WakeAsync());
    }

    [Fact]
    public async Task The_end_of_a_run_whose_trigger_is_over_is_the_run_s_own()
    {
        var trigger = await RequestAsync();
        await BeginAsync(trigger.Id);
        await Trigger.CancelAsync(trigger.Id, "ada", null);

        Assert.Equal(TrainingStatus.Succeeded, (await FinishAsync(TrainingStatus.Succeeded)).Status);
        Assert.Equal(TriggerStatus.Cancelled, (await TriggerAsync()).Status);
        Assert.Equal(0, await _harness.WakeAsync());
    }

    protected abstract Task<EngineHarness> StartAsync();

    private Task<TrainingRun> BeginAsync(string? trigger = null) => Run.StartAsync(new TrainingStart
    {
        Model = "credit",
        BaseModel = "llama",
        TriggerId = trigger,
        AdapterVersion = "v4",
        Parameters = new Dictionary<string, string> { ["rank"] = "16" },
        StartedAt = Now,
    });

    private Task<TrainingReceipt> RecordAsync(double loss) => RecordAsync(new TrainingPoint { Timestamp = Now, TrainingLoss = loss });

    private Task<TrainingReceipt> RecordAsync(params TrainingPoint[] points) => Run.RecordAsync(new TrainingBatch($"batch-{_batches++}", points));

    private Task<TrainingRun> FinishAsync(TrainingStatus status, string? summary = null) => Run.FinishAsync(new TrainingEnd(status, summary, null));

    private Task<Trigger> RequestAsync() => Trigger.RequestAsync(new TriggerRequest("r1", new TriggerSettings { ExpireAfterMinutes = 30 }, "ada", "now"));

    private async Task<Trigger> TriggerAsync() => Assert.Single(await _harness.Triggers.ListAsync("default", new TriggerQuery(null, null, null, 10), default));

    private Task<IReadOnlyList<TrainingRun>> RunsAsync() => _harness.TrainingRuns.ListAsync("default", new TrainingQuery(null, null, null, null, 10), default);

    private Task<IReadOnlyList<NumberedPoint>> PointsAsync() => _harness.TrainingRuns.ReadPointsAsync("default", "run-1", 0, 100, default);

    private Task<IReadOnlyList<Alert>> AlertsAsync() => _harness.Alerts.ListAsync("default", new AlertQuery(null, null, 100), default);

    private async Task<IReadOnlyList<string>> ToldAsync() =>
        [.. (await _harness.Outbox.ListAsync("default", new OutboxQuery(null, "pager", 100), default)).Select(e => e.Kind).Order(StringComparer.Ordinal)];
}
