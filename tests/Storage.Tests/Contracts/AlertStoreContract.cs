using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class AlertStoreContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Store _store = fixture.Shared;
    private readonly string _tenant = Store.NewModel().Name;
    private long _version;

    private IAlertStore Alerts => _store.Get<IAlertStore>();

    private ModelId Model => ModelId.Create(_tenant, "credit");

    [StoreFact]
    public async Task An_alert_comes_back_as_it_was_stored()
    {
        var alert = Alert("a1") with
        {
            Columns = ["age", "größe\0"],
            Values = new Dictionary<string, double> { ["psi"] = 0.3 },
            Summary = "Critical drift\0",
            ResolvedAt = Noon.AddHours(1),
            Resolution = "the drift is over",
            Silenced = true,
        };
        await SaveAsync(alert);

        var read = (await Alerts.FindAsync(_tenant, "a1", default))!;

        Assert.Equal(["age", "größe\uFFFD"], read.Columns);
        Assert.Equal(alert.Values, read.Values);
        Assert.Equal(alert with { Summary = "Critical drift\uFFFD" }, read with { Columns = alert.Columns, Values = alert.Values });
        Assert.Null(await Alerts.FindAsync("other", "a1", default));
    }

    [StoreFact]
    public async Task An_earlier_change_never_replaces_a_later_one()
    {
        await SaveAsync(Alert("a1") with { Sequence = 2, Severity = Severity.Critical });
        await SaveAsync(Alert("a1") with { Sequence = 1, Severity = Severity.Warning });

        Assert.Equal(Severity.Critical, (await Alerts.FindAsync(_tenant, "a1", default))!.Severity);
    }

    [StoreFact]
    public async Task A_snapshot_that_is_refused_leaves_no_alert_and_no_message()
    {
        await SaveAsync(Alert("a1"));
        var stale = await _store.States.SaveAsync(ActorKey.Model(Model), 0, 1, new byte[] { 1 }, SnapshotCopies.Latest, Effects(Alert("a2")), default);
        var elsewhere = await _store.States.SaveAsync(ActorKey.Model(Model), 7, 1, new byte[] { 1 }, SnapshotCopies.Latest, Effects(Alert("a3")), default);

        Assert.Equal((null, null), (stale, elsewhere));
        Assert.Equal(["a1"], (await ListAsync()).Select(a => a.Id));
        Assert.Equal([$"{_tenant}.a1.1"], (await _store.Get<IOutbox>().ListAsync(_tenant, new(null, null, 10), default)).Select(e => e.Id));
    }

    [StoreFact]
    public async Task An_acknowledgement_stays_until_the_alert_is_worse_than_it_was_then()
    {
        await SaveAsync(Alert("a1") with { Severity = Severity.Moderate });
        var acknowledged = await Alerts.AcknowledgeAsync(_tenant, "a1", "ada", "looking", Noon.AddMinutes(1), default);
        Assert.Equal((AlertState.Acknowledged, new Acknowledgement("ada", Noon.AddMinutes(1), Severity.Moderate, "looking")), (acknowledged!.State, acknowledged.Acknowledgement));

        foreach (var (sequence, severity, state) in new[]
        {
            (2, Severity.Warning, AlertState.Acknowledged), (3, Severity.Moderate, AlertState.Acknowledged), (4, Severity.Critical, AlertState.Open), (5, Severity.Warning, AlertState.Open),
        })
        {
            await SaveAsync(Alert("a1") with { Sequence = sequence, Severity = severity });
            Assert.Equal((sequence, state), (sequence, (await Alerts.FindAsync(_tenant, "a1", default))!.State));
        }
    }

    [StoreFact]
    public async Task What_is_over_or_not_there_cannot_be_acknowledged()
    {
        await SaveAsync(Alert("a1") with { ResolvedAt = Noon });

        Assert.Null(await Alerts.AcknowledgeAsync(_tenant, "a1", "ada", null, Noon, default));
        Assert.Null(await Alerts.AcknowledgeAsync(_tenant, "a2", "ada", null, Noon, default));
        Assert.Null(await Alerts.AcknowledgeAsync("other", "a1", "ada", null, Noon, default));
        Assert.Equal(DriftError.Invalid, (await Assert.ThrowsAsync<DriftException>(() => Alerts.AcknowledgeAsync(_tenant, "a1", "a\0", null, Noon, default))).Error);
    }

    [StoreFact]
    public async Task Lists_filter_by_state_and_model_the_latest_first()
    {
        await SaveAsync(Alert("open"));
        await SaveAsync(Alert("acknowledged") with { OpenedAt = Noon.AddSeconds(1) });
        await SaveAsync(Alert("resolved") with { OpenedAt = Noon.AddSeconds(2), ResolvedAt = Noon.AddHours(1) });
        await SaveAsync(Alert("fraud") with { Model = "fraud", OpenedAt = Noon.AddSeconds(3) });
        await Alerts.AcknowledgeAsync(_tenant, "acknowledged", "ada", null, Noon, default);

        Assert.Equal(["fraud", "resolved", "acknowledged", "open"], (await ListAsync()).Select(a => a.Id));
        Assert.Equal(["fraud", "open"], (await ListAsync(AlertState.Open)).Select(a => a.Id));
        Assert.Equal(["acknowledged"], (await ListAsync(AlertState.Acknowledged)).Select(a => a.Id));
        Assert.Equal(["resolved"], (await ListAsync(AlertState.Resolved)).Select(a => a.Id));
        Assert.Equal(["resolved", "acknowledged"], (await Alerts.ListAsync(_tenant, new(null, "credit", 2), default)).Select(a => a.Id));
        Assert.Equal(["fraud", "acknowledged", "open"], (await Alerts.ListUnresolvedAsync(1000, default)).Where(a => a.Tenant == _tenant).Select(a => a.Id));
    }

    [StoreFact]
    public async Task The_alerts_of_a_deleted_model_are_resolved_and_others_stay()
    {
        await SaveAsync(Alert("a1"));
        await SaveAsync(Alert("left") with { Sequence = 4 });
        await SaveAsync(Alert("fraud") with { Model = "fraud" });
        var resolved = Alert("a1") with { Sequence = 2, ResolvedAt = Noon, Resolution = "the model was deleted" };

        await _store.States.DeleteModelAsync(Model, Effects(resolved), default);

        Assert.Equal(["fraud"], (await ListAsync(AlertState.Open)).Select(a => a.Id));
        Assert.Equal([("a1", 2), ("left", 5)], (await ListAsync(AlertState.Resolved)).Select(a => (a.Id, a.Sequence)).Order());
        Assert.All(await ListAsync(AlertState.Resolved), a => Assert.Equal("the model was deleted", a.Resolution));
        Assert.NotNull(await _store.Get<IOutbox>().FindAsync(_tenant, $"{_tenant}.a1.2", default));
    }

    [StoreFact]
    public async Task A_silence_is_listed_until_it_ends_or_is_ended()
    {
        var silence = new Silence
        {
            Id = "s1", Tenant = _tenant, Model = "credit", Kind = AlertKind.Drift, Feature = "age", MaxSeverity = Severity.Moderate,
            StartsAt = Noon, EndsAt = Noon.AddHours(1), CreatedBy = "ada", Reason = "a campaign",
        };
        await Alerts.AddSilenceAsync(silence, default);
        await Alerts.AddSilenceAsync(new Silence { Id = "s2", Tenant = _tenant, StartsAt = Noon, EndsAt = Noon.AddMinutes(1) }, default);

        Assert.Equal(["s2", "s1"], (await Alerts.ListSilencesAsync(_tenant, Noon, default)).Select(s => s.Id));
        Assert.Equal([silence], await Alerts.ListSilencesAsync(_tenant, Noon.AddMinutes(1), default));
        Assert.Contains(silence, await Alerts.ListSilencesAsync(null, Noon, default));
        Assert.Null(await Alerts.EndSilenceAsync("other", "s1", Noon.AddMinutes(2), default));
        Assert.Equal(silence with { EndsAt = Noon.AddMinutes(2) }, await Alerts.EndSilenceAsync(_tenant, "s1", Noon.AddMinutes(2), default));
        Assert.Null(await Alerts.EndSilenceAsync(_tenant, "s1", Noon.AddMinutes(2), default));
        Assert.Empty(await Alerts.ListSilencesAsync(_tenant, Noon.AddMinutes(2), default));
    }

    private Alert Alert(string id) => new()
    {
        Id = id,
        Tenant = _tenant,
        Kind = AlertKind.Drift,
        Model = "credit",
        Window = "1h",
        Severity = Severity.Warning,
        Summary = "Warning drift of credit",
        Sequence = 1,
        OpenedAt = Noon,
        UpdatedAt = Noon,
    };

    private static SnapshotEffects Effects(Alert alert) => new(
        [alert],
        [
            new()
            {
                Id = $"{alert.Tenant}.{alert.Id}.{alert.Sequence}", Tenant = alert.Tenant, Kind = "alert", Destination = "pager", Payload = "{}"u8.ToArray(),
                CreatedAt = Noon, QueuedAt = Noon, NextAttemptAt = Noon,
            },
        ]);

    private async Task SaveAsync(Alert alert)
    {
        var effects = Effects(alert) is var e && alert.Id == "a1" ? e : e with { Outbox = [] };
        _version = (await _store.States.SaveAsync(ActorKey.Model(Model), _version, 1, new byte[] { 1 }, SnapshotCopies.Latest, effects, default))!.Value;
    }

    private Task<IReadOnlyList<Alert>> ListAsync(AlertState? state = null) => Alerts.ListAsync(_tenant, new(state, null, 100), default);
}
