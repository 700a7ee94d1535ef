using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Settings;
using Drift.Core.Triggers;
using Drift.Support;

namespace Drift.Actors.Tests.Contract;

/// <summary>What the actor of a model's triggers promises, whatever hosts it.</summary>
public abstract class TriggerActorContract : IAsyncLifetime
{
    private static readonly ModelId Id = ModelId.Create("default", "credit");
    private static readonly TriggerSettings Eager = new() { Enabled = true, Evaluations = 2, CooldownMinutes = 60, DailyBudget = 2, ExpireAfterMinutes = 30 };

    private EngineHarness _harness = null!;
    private int _seed = 500;

    private ITriggerActor Actor => _harness.Engine.Trigger(Id);

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_trigger_is_made_when_enough_evaluations_in_a_row_count_and_goes_to_the_outbox()
    {
        Assert.Equal(TriggerOutcome.None, await ObserveAsync(Severity.Critical));
        Assert.Equal(TriggerOutcome.None, await ObserveAsync(Severity.None));
        Assert.Equal(TriggerOutcome.None, await ObserveAsync(Severity.Moderate));
        Assert.Empty(await ListAsync());
        Assert.Equal(TriggerOutcome.Made, await ObserveAsync(Severity.Critical));

        var trigger = Assert.Single(await ListAsync());
        Assert.Equal(
            (TriggerType.Drift, TriggerStatus.Approved, "policy", 1, Now, Now.AddMinutes(30)),
            (trigger.Type, trigger.Status, trigger.ApprovedBy, trigger.Sequence, trigger.CreatedAt, trigger.ExpiresAt));
        Assert.Equal((2, Severity.Critical, 0.4), (trigger.Reason.Evaluations, trigger.Reason.Verdict!.Severity, trigger.Reason.Verdict.Psi));
        Assert.Contains("Critical drift in the last 1h, PSI 0.40, in 2 evaluation(s) in a row.", trigger.Reason.Summary, StringComparison.Ordinal);
        Assert.Equal(["farm"], trigger.Destinations);
        Assert.Equal([$"{trigger.Id}.Requested"], await SentAsync());
    }

    [Fact]
    public async Task Low_accuracy_makes_a_trigger_of_its_own_type()
    {
        var policy = Eager with { MinAccuracy = 0.8, Evaluations = 1, MinSeverity = Severity.Critical };
        Assert.Equal(TriggerOutcome.None, await ObserveAsync(Severity.Moderate, policy, accuracy: 0.81));
        Assert.Equal(TriggerOutcome.Made, await ObserveAsync(Severity.None, policy, accuracy: 0.79));

        var trigger = Assert.Single(await ListAsync());
        Assert.Equal((TriggerType.Accuracy, 0.79), (trigger.Type, trigger.Reason.Verdict!.CurrentAccuracy));
    }

    [Fact]
    public async Task An_evaluation_that_is_told_twice_counts_once()
    {
        var observation = Observation(Severity.Critical, Eager);
        Assert.Equal(new TriggerDecision(TriggerOutcome.None), await Actor.ObserveAsync(observation));
        Assert.Equal(new TriggerDecision(TriggerOutcome.None), await Actor.ObserveAsync(observation));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task One_under_way_then_the_cooldown_then_the_budget_hold_the_next_back()
    {
        var policy = Eager with { Evaluations = 1, ExpireAfterMinutes = 1000 };
        Assert.Equal(TriggerOutcome.Made, await ObserveAsync(Severity.Critical, policy));
        Assert.Equal(TriggerOutcome.Busy, await ObserveAsync(Severity.Critical, policy));
        await Actor.ReportAsync(new TriggerReport { Id = (await ListAsync())[0].Id, Status = TriggerStatus.Succeeded });
        Assert.Equal(TriggerOutcome.Cooldown, await ObserveAsync(Severity.Critical, policy));
        _harness.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(TriggerOutcome.Made, await ObserveAsync(Severity.Critical, policy));
        await Actor.CancelAsync((await ListAsync())[0].Id, "ada", null);
        _harness.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(TriggerOutcome.Budget, await ObserveAsync(Severity.Critical, policy));
        _harness.Clock.Advance(TimeSpan.FromHours(22));
        Assert.Equal(TriggerOutcome.Made, await ObserveAsync(Severity.Critical, policy));

        var ids = (await ListAsync()).Select(t => t.Id).ToList();
        Assert.Equal((3, 3), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task What_holds_back_is_known_after_a_crash()
    {
        var policy = Eager with { Evaluations = 1 };
        await ObserveAsync(Severity.Critical, policy);
        _harness.Crash();
        Assert.Equal(TriggerOutcome.Busy, await ObserveAsync(Severity.Critical, policy));
        await Actor.CancelAsync((await ListAsync())[0].Id, "ada", null);
        _harness.Crash();
        Assert.Equal(TriggerOutcome.Cooldown, await ObserveAsync(Severity.Critical, policy));
        await _harness.PassivateAsync();
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Two_activations_make_one_trigger_and_send_it_once()
    {
        var second = _harness.StartSecondEngine().Trigger(Id);
        // Both are awake before the first writes.
        await second.ObserveAsync(Observation(Severity.Warning, Eager));
        await ObserveAsync(Severity.Warning);
        var outcomes = new List<TriggerOutcome>();
        for (var i = 0; i < 2; i++)
        {
            outcomes.Add(await ObserveAsync(Severity.Critical));
            outcomes.Add((await second.ObserveAsync(Observation(Severity.Critical, Eager))).Outcome);
        }

        Assert.Equal([TriggerOutcome.None, TriggerOutcome.None, TriggerOutcome.Made, TriggerOutcome.Busy], outcomes);
        var trigger = Assert.Single(await ListAsync());
        Assert.Equal([$"{trigger.Id}.Requested"], await SentAsync());

        // What one of them decides the other goes on from.
        await second.ReportAsync(new TriggerReport { Id = trigger.Id, Status = TriggerStatus.Running, JobId = "j1" });
        var ended = await Actor.ReportAsync(new TriggerReport { Id = trigger.Id, Status = TriggerStatus.Succeeded });
        Assert.Equal((TriggerStatus.Succeeded, "j1", 3), (ended.Status, ended.JobId, ended.Sequence));
    }

    [Fact]
    public async Task A_write_whose_outcome_is_unknown_makes_one_trigger()
    {
        var policy = Eager with { Evaluations = 1 };
        await ObserveAsync(Severity.None, policy);
        _harness.OnSave = async save =>
        {
            await save();
            _harness.OnSave = null;
            throw new DriftException(DriftError.Unavailable, "The database went away before it answered.");
        };
        await Assert.ThrowsAsync<DriftException>(() => ObserveAsync(Severity.Critical, policy));

        Assert.Equal(TriggerOutcome.Busy, await ObserveAsync(Severity.Critical, policy));
        Assert.Single(await SentAsync());
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task A_dry_run_is_recorded_and_not_sent_and_begins_the_cooldown()
    {
        var policy = Eager with { Evaluations = 1, DryRun = true };
        Assert.Equal(TriggerOutcome.Made, await ObserveAsync(Severity.Critical, policy));
        Assert.Equal(TriggerOutcome.Cooldown, await ObserveAsync(Severity.Critical, policy));

        var trigger = Assert.Single(await ListAsync());
        Assert.Equal((true, TriggerStatus.Cancelled, Now), (trigger.DryRun, trigger.Status, trigger.FinishedAt!.Value.AddSeconds(1)));
        Assert.Empty(await SentAsync());
    }

    [Fact]
    public async Task A_trigger_that_needs_approval_is_sent_when_it_is_approved_and_not_before()
    {
        var policy = Eager with { Evaluations = 1, ManualApproval = true };
        await ObserveAsync(Severity.Critical, policy);
        var pending = Assert.Single(await ListAsync());
        Assert.Equal(TriggerStatus.Pending, pending.Status);
        Assert.Empty(await SentAsync());
        var early = await Assert.ThrowsAsync<DriftException>(() => Actor.ReportAsync(new TriggerReport { Id = pending.Id, Status = TriggerStatus.Running }));
        Assert.Equal(DriftError.Conflict, early.Error);
        Assert.Contains("is pending and cannot become running: what can follow is approved, cancelled, expired.", early.Message, StringComparison.Ordinal);

        var approved = await Actor.ApproveAsync(pending.Id, "ada");
        Assert.Equal((TriggerStatus.Approved, "ada", Now), (approved.Status, approved.ApprovedBy, approved.ApprovedAt));
        Assert.Equal("ada", (await Actor.ApproveAsync(pending.Id, "bob")).ApprovedBy);
        Assert.Equal([$"{pending.Id}.Requested"], await SentAsync());
    }

    [Fact]
    public async Task A_manual_trigger_waits_for_nothing_but_another_under_way_and_is_made_once_per_request()
    {
        var policy = Eager with { Enabled = false, DryRun = true, ManualApproval = true };
        var made = await Actor.RequestAsync(new TriggerRequest("r1", policy, "ada", "a new form"));
        Assert.Equal((TriggerType.Manual, TriggerStatus.Approved, "ada", "a new form", false), (made.Type, made.Status, made.Reason.RequestedBy, made.Reason.Summary, made.DryRun));
        Assert.Equal(made.Id, (await Actor.RequestAsync(new TriggerRequest("r1", policy, "ada", "a new form"))).Id);
        var busy = await Assert.ThrowsAsync<DriftException>(() => Actor.RequestAsync(new TriggerRequest("r2", policy, "ada", "again")));
        Assert.Equal(DriftError.Conflict, busy.Error);
        Assert.Contains(made.Id, busy.Message, StringComparison.Ordinal);

        await Actor.CancelAsync(made.Id, "ada", "no");
        Assert.Equal(TriggerStatus.Cancelled, (await Actor.RequestAsync(new TriggerRequest("r1", policy, "ada", "a new form"))).Status);
        Assert.NotEqual(made.Id, (await Actor.RequestAsync(new TriggerRequest("r2", policy, "ada", "again"))).Id);
    }

    [Fact]
    public async Task Reports_that_are_late_repeated_or_overtaken_change_nothing_and_those_that_contradict_are_refused()
    {
        var made = await Actor.RequestAsync(new TriggerRequest("r1", Eager, "ada", "now"));
        await ReportAsync(made.Id, TriggerStatus.Running, job: "j1");
        var sent = await Actor.DeliveredAsync(new TriggerDelivery(made.Id, 3, "j0"));
        Assert.Equal((TriggerStatus.Running, "j1", 3), (sent.Status, sent.JobId, sent.Attempts));
        Assert.Equal(TriggerStatus.Running, (await ReportAsync(made.Id, TriggerStatus.Accepted)).Status);

        var ended = await ReportAsync(made.Id, TriggerStatus.Failed, message: "out of memory");
        Assert.Equal((TriggerStatus.Failed, "out of memory", null), (ended.Status, ended.Message, ended.ExpiresAt));
        Assert.Equal(ended.Sequence, (await ReportAsync(made.Id, TriggerStatus.Running)).Sequence);
        Assert.Equal(ended.Sequence, (await ReportAsync(made.Id, TriggerStatus.Failed)).Sequence);
        Assert.Equal(ended.Sequence, (await Actor.DeliveredAsync(new TriggerDelivery(made.Id, 4, null))).Sequence);
        var refused = await Assert.ThrowsAsync<DriftException>(() => ReportAsync(made.Id, TriggerStatus.Succeeded));
        Assert.Contains("is failed and cannot become succeeded: it is over, nothing follows.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(DriftError.Conflict, (await Assert.ThrowsAsync<DriftException>(() => Actor.CancelAsync(made.Id, "ada", null))).Error);
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => ReportAsync("0123", TriggerStatus.Running))).Error);
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => _harness.Engine.Trigger(ModelId.Create("other", "credit")).ApproveAsync(made.Id, "eve"))).Error);
    }

    [Fact]
    public async Task Who_was_told_to_begin_is_told_to_end_and_who_was_not_is_not()
    {
        var made = await Actor.RequestAsync(new TriggerRequest("r1", Eager, "ada", "now"));
        Assert.True(await Actor.IsWantedAsync(made.Id));
        var cancelled = await Actor.CancelAsync(made.Id, "ada", "wrong data");
        Assert.Equal(("ada", "wrong data", Now), (cancelled.CancelledBy, cancelled.Message, cancelled.FinishedAt));
        Assert.False(await Actor.IsWantedAsync(made.Id));
        Assert.Equal([$"{made.Id}.Cancelled", $"{made.Id}.Requested"], await SentAsync());

        _harness.Clock.Advance(TimeSpan.FromHours(2));
        await ObserveAsync(Severity.Critical, Eager with { Evaluations = 1, ManualApproval = true });
        await Actor.CancelAsync((await ListAsync())[0].Id, "ada", null);
        Assert.Equal(2, (await SentAsync()).Count);
    }

    [Fact]
    public async Task A_trigger_expires_without_any_call_when_nothing_is_heard_and_each_sign_of_life_puts_that_off()
    {
        var made = await Actor.RequestAsync(new TriggerRequest("r1", Eager, "ada", "now"));
        await ReportAsync(made.Id, TriggerStatus.Running);
        await _harness.PassivateAsync();
        _harness.Clock.Advance(TimeSpan.FromMinutes(14));
        await ReportAsync(made.Id, TriggerStatus.Running, message: "epoch 2");
        _harness.Crash();
        _harness.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(0, await _harness.WakeAsync());
        Assert.Equal((TriggerStatus.Running, "epoch 2"), ((await ListAsync())[0].Status, (await ListAsync())[0].Message));

        _harness.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await _harness.WakeAsync());
        var expired = Assert.Single(await ListAsync());
        Assert.Equal((TriggerStatus.Expired, Now, "nothing was heard for 30 minutes"), (expired.Status, expired.FinishedAt, expired.Message));
        Assert.Equal(0, await _harness.WakeAsync());
        Assert.Equal([$"{made.Id}.Cancelled", $"{made.Id}.Requested"], await SentAsync());
        Assert.Equal(DriftError.Conflict, (await Assert.ThrowsAsync<DriftException>(() => ReportAsync(made.Id, TriggerStatus.Running))).Error);
    }

    [Fact]
    public async Task A_schedule_makes_triggers_without_any_call_until_the_model_says_otherwise()
    {
        var settings = new ModelSettings { Triggers = new TriggerSettings { Enabled = true, ScheduleDays = 2, ExpireAfterMinutes = 60 } };
        await _harness.Model().ConfigureAsync(settings);
        await _harness.Model().ConfigureAsync(settings with { Alpha = 0.02 });
        _harness.Crash();
        _harness.Clock.Advance(TimeSpan.FromDays(2));
        await _harness.WakeAsync();
        var first = Assert.Single(await ListAsync());
        Assert.Equal((TriggerType.Schedule, "The schedule of credit: every 2 days."), (first.Type, first.Reason.Summary));
        await _harness.WakeAsync();
        _harness.Clock.Advance(TimeSpan.FromDays(2));
        await _harness.WakeAsync();
        // The first had expired meanwhile, but is over only now, and the cooldown begins with it.
        _harness.Clock.Advance(TimeSpan.FromHours(7));
        await _harness.WakeAsync();
        Assert.Equal(2, (await ListAsync()).Count);

        await _harness.Model().ConfigureAsync(new ModelSettings());
        _harness.Clock.Advance(TimeSpan.FromDays(30));
        await _harness.WakeAsync();
        await _harness.WakeAsync();
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task A_model_that_drifts_makes_a_trigger_and_one_that_is_deleted_takes_it_back()
    {
        await _harness.Model().ConfigureAsync(new ModelSettings { Triggers = Eager });
        await _harness.Model().SendAsync(Traffic.Rows(5000, 1), Now);
        Trigger? trigger = null;
        await Eventually.Async(
            async () =>
            {
                _harness.Clock.Advance(TimeSpan.FromSeconds(1));
                await _harness.Model().SendAsync(Traffic.Rows(1000, _seed++, shift: 1), Now);
                await _harness.Model().GetVerdictAsync();
                return (trigger = (await ListAsync()).SingleOrDefault()) is not null;
            },
            TimeSpan.FromSeconds(60),
            "the drift makes a trigger");
        Assert.Equal((TriggerType.Drift, "age", 2), (trigger!.Type, trigger.Reason.Verdict!.Features[0].Name, trigger.Reason.Evaluations));

        await _harness.Model().DeleteAsync();

        var cancelled = Assert.Single(await ListAsync());
        Assert.Equal((TriggerStatus.Cancelled, "the model was deleted"), (cancelled.Status, cancelled.Message));
    }

    protected abstract Task<EngineHarness> StartAsync();

    private async Task<TriggerOutcome> ObserveAsync(Severity drift, TriggerSettings? policy = null, double? accuracy = null) =>
        (await Actor.ObserveAsync(Observation(drift, policy ?? Eager, accuracy))).Outcome;

    /// <summary>An evaluation a second after the last.</summary>
    private TriggerObservation Observation(Severity drift, TriggerSettings policy, double? accuracy = null)
    {
        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        return new(
            policy,
            new Verdict { Model = "default/credit", Window = "1h", EvaluatedAt = Now, Status = VerdictStatus.Ok, Severity = drift, Psi = 0.4, CurrentAccuracy = accuracy, Rows = 1000 },
            drift);
    }

    private Task<Trigger> ReportAsync(string id, TriggerStatus status, string? job = null, string? message = null) =>
        Actor.ReportAsync(new TriggerReport { Id = id, Status = status, JobId = job, Message = message });

    private Task<IReadOnlyList<Trigger>> ListAsync() => _harness.Triggers.ListAsync("default", new TriggerQuery(null, null, null, 100), default);

    private async Task<IReadOnlyList<string>> SentAsync() =>
        [.. (await _harness.Outbox.ListAsync("default", new OutboxQuery(null, "farm", 100), default)).Select(e => e.Id).Order(StringComparer.Ordinal)];
}
