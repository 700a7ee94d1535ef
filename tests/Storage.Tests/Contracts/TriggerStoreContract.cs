using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Training;
using Drift.Core.Triggers;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

/// <summary>Triggers, training runs and wakes, which become durable with the state of the actor that decides.</summary>
public abstract class TriggerStoreContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Store _store = fixture.Shared;
    private readonly string _tenant = Store.NewModel().Name;

    private ITriggerStore Triggers => _store.Get<ITriggerStore>();

    private ITrainingStore Training => _store.Get<ITrainingStore>();

    private IActorWakes Wakes => _store.Get<IActorWakes>();

    private string Key => $"test/{_tenant}";

    [StoreFact]
    public async Task A_trigger_comes_back_as_it_was_stored()
    {
        var verdict = new Verdict { Model = "a/b", Window = "1h", EvaluatedAt = Noon, Status = VerdictStatus.Ok, Psi = 0.4, Features = [new ColumnVerdict { Name = "größe\0" }] };
        var trigger = Trigger("t1") with
        {
            Reason = new TriggerReason { Summary = "why\0", Evaluations = 3, Verdict = verdict, RequestedBy = "ada" },
            Status = TriggerStatus.Failed, DryRun = true, Destinations = ["farm"], JobId = "j\0", TrainingRun = "r1", AdapterVersion = "v4", Message = "half of \ud83d", Attempts = 3,
            ApprovedBy = "bob", ApprovedAt = Noon.AddSeconds(1), SentAt = Noon.AddSeconds(2), AcceptedAt = Noon.AddSeconds(3), StartedAt = Noon.AddSeconds(4), FinishedAt = Noon.AddSeconds(5),
            CancelledBy = "eve", ExpiresAt = Noon.AddSeconds(6),
        };
        await SaveAsync(0, trigger);

        var read = (await Triggers.FindAsync(trigger.Id, default))!;

        Assert.Equal(("why\uFFFD", 3, 0.4, "größe\uFFFD", "ada"), (read.Reason.Summary, read.Reason.Evaluations, read.Reason.Verdict!.Psi, read.Reason.Verdict.Features[0].Name, read.Reason.RequestedBy));
        Assert.Equal(["farm"], read.Destinations);
        Assert.Equal(
            trigger with { JobId = "j\uFFFD", Message = "half of \uFFFD" },
            read with { Reason = trigger.Reason, Destinations = trigger.Destinations });
        Assert.Null(await Triggers.FindAsync("nothing", default));
    }

    [StoreFact]
    public async Task An_earlier_change_never_replaces_a_later_one_and_a_refused_state_leaves_nothing()
    {
        await SaveAsync(0, Trigger("t1") with { Sequence = 2, Status = TriggerStatus.Running });
        await SaveAsync(1, Trigger("t1") with { Sequence = 1, Status = TriggerStatus.Approved });
        Assert.Equal(TriggerStatus.Running, (await Triggers.FindAsync(Id("t1"), default))!.Status);

        Assert.Null(await _store.States.SaveAsync(
            Key, 1, 0, new byte[] { 1 }, SnapshotCopies.Latest,
            new SnapshotEffects([], []) { Triggers = [Trigger("t2")], Run = Run("r2"), Points = [Point(1)], Wake = new WakeChange(Noon.AddYears(-20)) }, default));
        Assert.Null(await Triggers.FindAsync(Id("t2"), default));
        Assert.Null(await Training.FindAsync(_tenant, "r2", default));
        Assert.DoesNotContain(Key, await Wakes.ListDueAsync(Noon.AddYears(-10), 1000, default));
    }

    [StoreFact]
    public async Task Triggers_are_listed_by_model_and_status_page_by_page()
    {
        await SaveAsync(
            0, Trigger("a"), Trigger("b"), Trigger("c") with { CreatedAt = Noon.AddSeconds(1), Status = TriggerStatus.Expired }, Trigger("d") with { Model = "fraud", CreatedAt = Noon.AddSeconds(-1) },
            Trigger("e") with { Tenant = "other" + _tenant });

        Assert.Equal(["c", "b", "a", "d"], await NamesAsync(new(null, null, null, 10)));
        Assert.Equal(["c", "b", "a"], await NamesAsync(new("credit", null, null, 10)));
        Assert.Equal(["c"], await NamesAsync(new(null, TriggerStatus.Expired, null, 10)));
        Assert.Equal(["c", "b"], await NamesAsync(new(null, null, null, 2)));
        Assert.Equal(["a", "d"], await NamesAsync(new(null, null, Id("b"), 2)));
        Assert.Empty(await NamesAsync(new(null, null, Id("e"), 2)));
    }

    [StoreFact]
    public async Task A_run_and_its_points_come_back_as_they_were_stored()
    {
        var run = Run("r1") with
        {
            BaseModel = "llama", TriggerId = "t1", AdapterVersion = "v4", Status = TrainingStatus.Failed, Fault = TrainingFault.Diverging,
            Parameters = new Dictionary<string, string> { ["rank"] = "16" }, LastPointAt = Noon.AddSeconds(1), FinishedAt = Noon.AddSeconds(2), Points = 2, BestTrainingLoss = 0.5,
            BestValidationLoss = 0.75, Summary = "done\0", Latest = Point(2).Point,
        };
        await SaveAsync(0, run, Point(1), Point(2));
        await SaveAsync(1, run with { Sequence = 0, Status = TrainingStatus.Running }, Point(2) with { Point = new TrainingPoint { Timestamp = Noon } }, Point(3));

        var read = (await Training.FindAsync(_tenant, "r1", default))!;
        Assert.Equal("16", read.Parameters["rank"]);
        Assert.Equal(run with { Summary = "done\uFFFD" }, read with { Parameters = run.Parameters });
        Assert.Equal([Point(1), Point(2), Point(3)], await Training.ReadPointsAsync(_tenant, "r1", 0, 10, default));
        Assert.Equal([Point(2)], await Training.ReadPointsAsync(_tenant, "r1", 1, 1, default));
        Assert.Empty(await Training.ReadPointsAsync("other", "r1", 0, 10, default));
    }

    [StoreFact]
    public async Task Runs_are_listed_by_model_status_and_trigger_page_by_page()
    {
        await SaveAsync(0, Run("a"));
        await SaveAsync(1, Run("b") with { StartedAt = Noon.AddSeconds(1), TriggerId = "t1" });
        await SaveAsync(2, Run("c") with { StartedAt = Noon.AddSeconds(2), Status = TrainingStatus.Cancelled, Model = "fraud" });

        Assert.Equal(["c", "b", "a"], await RunsAsync(new(null, null, null, null, 10)));
        Assert.Equal(["b", "a"], await RunsAsync(new("credit", null, null, null, 10)));
        Assert.Equal(["c"], await RunsAsync(new(null, TrainingStatus.Cancelled, null, null, 10)));
        Assert.Equal(["b"], await RunsAsync(new(null, null, "t1", null, 10)));
        Assert.Equal(["a"], await RunsAsync(new(null, null, null, "b", 10)));
    }

    [StoreFact]
    public async Task An_actor_is_due_at_the_time_that_was_set_last_until_it_is_put_off_or_taken_back()
    {
        var due = Noon.AddYears(-1);
        await WakeAsync(0, due.AddMinutes(5));
        await WakeAsync(1, due);
        await _store.States.SaveAsync(Key, 2, 0, new byte[] { 1 }, SnapshotCopies.Latest, new SnapshotEffects([], []) { Triggers = [Trigger("t1")] }, default);
        Assert.DoesNotContain(Key, await Wakes.ListDueAsync(due.AddTicks(-10), 1000, default));
        Assert.Contains(Key, await Wakes.ListDueAsync(due, 1000, default));

        await Wakes.PostponeAsync(Key, due.AddMinutes(1), default);
        Assert.DoesNotContain(Key, await Wakes.ListDueAsync(due, 1000, default));
        await Wakes.PostponeAsync(Key, due, default);
        Assert.DoesNotContain(Key, await Wakes.ListDueAsync(due, 1000, default));
        Assert.Contains(Key, await Wakes.ListDueAsync(due.AddMinutes(1), 1000, default));
        await WakeAsync(3, null);
        Assert.DoesNotContain(Key, await Wakes.ListDueAsync(Noon.AddYears(10), 1000, default));
    }

    [StoreFact]
    public async Task What_is_over_long_enough_is_swept_and_what_goes_on_stays()
    {
        await using var store = await fixture.CreateMigratedAsync();
        var old = Noon.AddDays(-401);
        async Task Save(string key, SnapshotEffects effects) => Assert.NotNull(await store.States.SaveAsync(key, 0, 0, new byte[] { 1 }, SnapshotCopies.Latest, effects, default));
        store.Clock.SetUtcNow(old);
        await Save("trigger/a/b", new([], []) { Triggers = [Trigger("open") with { CreatedAt = old }, Trigger("over") with { CreatedAt = old, FinishedAt = old }, Trigger("young") with { FinishedAt = Noon }] });
        await Save($"training/{_tenant}/over", new([], []) { Run = Run("over") with { FinishedAt = old }, Points = [new(1, new TrainingPoint { Timestamp = old })] });
        await Save($"training/{_tenant}/on", new([], []) { Run = Run("on"), Points = [Point(1)] });

        var report = await store.Retention.SweepAsync(Noon, default);

        Assert.Equal((1, 3), (report.Triggers, report.Training));
        Assert.Equal(["open", "young"], (await store.Get<ITriggerStore>().ListAsync(_tenant, new(null, null, null, 10), default)).Select(t => t.Id[^5..].Trim('-')).Order());
        Assert.Equal(["on"], (await store.Get<ITrainingStore>().ListAsync(_tenant, new(null, null, null, null, 10), default)).Select(r => r.Id));
        Assert.Null(await store.States.LoadAsync($"training/{_tenant}/over", default));
        Assert.NotNull(await store.States.LoadAsync($"training/{_tenant}/on", default));
        Assert.NotNull(await store.States.LoadAsync("trigger/a/b", default));
    }

    private string Id(string name) => $"{_tenant}-----{name}";

    private Trigger Trigger(string name) => new() { Id = Id(name), Tenant = _tenant, Model = "credit", Type = TriggerType.Accuracy, Status = TriggerStatus.Approved, Sequence = 1, CreatedAt = Noon, UpdatedAt = Noon };

    private TrainingRun Run(string id) => new() { Id = id, Tenant = _tenant, Model = "credit", Sequence = 1, StartedAt = Noon, UpdatedAt = Noon };

    private static NumberedPoint Point(long number) => new(number, new TrainingPoint
    {
        Timestamp = Noon.AddSeconds(number), Step = number, Epoch = 0.5, TrainingLoss = 1.5, ValidationLoss = 2.5, EwcLambda = 0.4, FisherMatrixSizeBytes = 1L << 40, ReplayBufferSize = 5,
        ReplayBufferCapacity = 10, LearningRate = 2e-4, Samples = 64, Diverged = number == 2,
    });

    private async Task SaveAsync(long version, params Trigger[] triggers) =>
        Assert.NotNull(await _store.States.SaveAsync(Key, version, 0, new byte[] { 1 }, SnapshotCopies.Latest, new SnapshotEffects([], []) { Triggers = triggers }, default));

    private async Task SaveAsync(long version, TrainingRun run, params NumberedPoint[] points) =>
        Assert.NotNull(await _store.States.SaveAsync(Key, version, 0, new byte[] { 1 }, SnapshotCopies.Latest, new SnapshotEffects([], []) { Run = run, Points = points }, default));

    private async Task WakeAsync(long version, DateTimeOffset? at) =>
        Assert.NotNull(await _store.States.SaveAsync(Key, version, 0, new byte[] { 1 }, SnapshotCopies.Latest, new SnapshotEffects([], []) { Wake = new WakeChange(at) }, default));

    private async Task<IEnumerable<string>> NamesAsync(TriggerQuery query) => (await Triggers.ListAsync(_tenant, query, default)).Select(t => t.Id[^1..]);

    private async Task<IEnumerable<string>> RunsAsync(TrainingQuery query) => (await Training.ListAsync(_tenant, query, default)).Select(r => r.Id);
}
