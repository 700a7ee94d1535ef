using System.Data.Common;
using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class AdapterStoreContract(StoreFixture fixture)
{
    private const string Base = "meta-llama/Llama-3-8B";
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static int _tenants;

    private readonly Store _store = fixture.Shared;
    private readonly IAdapterStore _adapters = fixture.Shared.Get<IAdapterStore>();
    private readonly string _tenant = $"lora-{Interlocked.Increment(ref _tenants)}";

    [StoreFact]
    public async Task SaveAsync_keeps_every_member_of_a_version()
    {
        var version = Version("v1") with
        {
            Model = "support",
            ArtifactUri = "s3://bucket/größe",
            Training = new AdapterTraining
            {
                TrainingJobId = "run-1", Rank = 16, Alpha = 32, Dropout = 0.05, NumEpochs = 2.5, LearningRate = 2e-4, BatchSize = 8, TrainingLoss = 0.4, ValidationLoss = 0.5, TrainingTimeSeconds = 5400,
            },
            Metadata = new Dictionary<string, string> { ["data"] = "tickets" },
            State = AdapterState.Serving,
            Role = AdapterRole.Canary,
            DeployedAt = Noon.AddMinutes(1),
            Message = "said so",
            Replaced = "v0",
            DeploymentId = "d-1",
            Share = 0.1,
            Canary = new CanaryStatus { Champion = "v0", Since = Noon, Samples = 10, Correct = 9, Difference = 0.1, Lower = -0.5, Upper = 0.6, Verdict = CanaryVerdict.NotWorse },
        };
        await SaveAsync([version]);

        var read = Assert.Single(await ListAsync());

        Assert.Equal(version.Metadata, read.Metadata);
        Assert.Equal(version with { Metadata = read.Metadata }, read);
    }

    [StoreFact]
    public async Task ListAsync_gives_the_latest_registered_first_by_base_and_state()
    {
        await SaveAsync([Version("v1"), Version("v2") with { CreatedAt = Noon.AddHours(1), State = AdapterState.Failed }, Version("v3") with { BaseModel = "other" }]);

        Assert.Equal(["v2", "v1", "v3"], (await ListAsync()).Select(v => v.Version));
        Assert.Equal(["v2", "v1"], (await ListAsync(Base)).Select(v => v.Version));
        Assert.Equal(["v2"], (await ListAsync(state: AdapterState.Failed)).Select(v => v.Version));
        Assert.Equal(["v2"], (await ListAsync(limit: 1)).Select(v => v.Version));
        Assert.Empty(await _adapters.ListAsync("another", new AdapterQuery(null, null, 10), default));
        Assert.Equal([Base], await _adapters.FindBasesAsync(_tenant, "v1", default));
        Assert.Empty(await _adapters.FindBasesAsync(_tenant, "v9", default));
    }

    [StoreFact]
    public async Task ListBasesAsync_leaves_out_those_whose_versions_are_all_at_their_end()
    {
        await SaveAsync([Version("v1") with { State = AdapterState.Retired }, Version("v1") with { BaseModel = "other" }, Version("v1") with { BaseModel = "ended", State = AdapterState.RolledBack }]);

        Assert.Equal([(_tenant, "other")], (await _adapters.ListBasesAsync(default)).Where(b => b.Tenant == _tenant));
    }

    [StoreFact]
    public async Task SaveAsync_of_a_refused_snapshot_leaves_nothing_behind()
    {
        var version = await SaveAsync([Version("v1")], transitions: [Transition("v1", 1)]);
        Assert.Equal(1, version);

        Assert.Null(await SaveAsync([Version("v1") with { State = AdapterState.Failed }, Version("v2")], transitions: [Transition("v2", 2)]));

        Assert.Equal(("v1", AdapterState.Registered), Assert.Single((await ListAsync()).Select(v => (v.Version, v.State))));
        Assert.Empty(await _adapters.ReadTransitionsAsync(_tenant, Base, "v2", default));
    }

    [StoreFact]
    public async Task The_database_refuses_a_second_champion_and_the_snapshot_with_it()
    {
        var champion = Version("v1") with { State = AdapterState.Serving, Role = AdapterRole.Champion };
        var stored = (await SaveAsync([champion]))!.Value;

        await Assert.ThrowsAnyAsync<DbException>(() => SaveAsync([champion with { Version = "v2" }], stored));

        Assert.Equal(stored, (await _store.States.LoadAsync(Key, default))!.Version);
        Assert.Single(await ListAsync());
        // One that takes its place in the same transaction is written after it.
        Assert.NotNull(await SaveAsync([champion with { State = AdapterState.Draining, Role = null }, champion with { Version = "v2" }], stored));
    }

    [StoreFact]
    public async Task ReadTransitionsAsync_gives_them_in_order_and_each_once()
    {
        var loaded = Transition("v1", 2) with
        {
            Command = AdapterCommand.DeployCanary, From = AdapterState.Ready, To = AdapterState.Loading, ToRole = AdapterRole.Canary, By = "ann", Reason = "why not",
        };
        var stored = (await SaveAsync([Version("v1")], transitions: [loaded, Transition("v1", 1), Transition("v2", 3)]))!.Value;
        await SaveAsync([], stored, transitions: [Transition("v1", 2)]);

        Assert.Equal([Transition("v1", 1), loaded], await _adapters.ReadTransitionsAsync(_tenant, Base, "v1", default));
    }

    [StoreFact]
    public async Task Figures_are_read_by_metric_and_time_and_the_same_again_replaces()
    {
        await _adapters.RecordAsync(_tenant, Base, [Point("accuracy", 0.8, 0), Point("accuracy", 0.9, 1), Point("rows", 100, 1)], default);
        await _adapters.RecordAsync(_tenant, Base, [Point("accuracy", 0.7, 0)], default);
        await _adapters.RecordAsync(_tenant, Base, [], default);

        var all = await _adapters.ReadPerformanceAsync(_tenant, Base, "v1", DateTimeOffset.MinValue.AddYears(2000), null, 10, default);
        Assert.Equal([0.9, 100, 0.7], all.Select(p => p.MetricValue));
        Assert.Equal((200, "x"), (all[0].SampleCount, all[0].Metadata["judge"]));
        Assert.Equal([0.9], (await _adapters.ReadPerformanceAsync(_tenant, Base, "v1", Noon.AddMinutes(1), "accuracy", 10, default)).Select(p => p.MetricValue));
        Assert.Equal([("accuracy", 0.9), ("rows", 100)], (await _adapters.ReadLatestAsync(_tenant, Base, "v1", default)).Select(p => (p.MetricName, p.MetricValue)));
        Assert.Empty(await _adapters.ReadLatestAsync(_tenant, Base, "v2", default));
    }

    [StoreFact]
    public async Task Text_that_cannot_be_stored_is_refused_by_both_databases()
    {
        var refused = await Assert.ThrowsAsync<DriftException>(() => SaveAsync([Version("v1") with { ArtifactUri = "a\0b" }]));
        Assert.Equal(DriftError.Invalid, refused.Error);
        Assert.Empty(await ListAsync());
    }

    private string Key => ActorKey.Adapters(_tenant, Base);

    private AdapterDescription Version(string version) => new()
    {
        Tenant = _tenant, BaseModel = Base, Version = version, LoraName = version, State = AdapterState.Registered, CreatedAt = Noon, UpdatedAt = Noon, Sequence = 1,
    };

    private static AdapterTransition Transition(string version, long sequence) => new() { Version = version, Sequence = sequence, At = Noon, To = AdapterState.Registered, By = "ann" };

    private static AdapterPerformancePoint Point(string metric, double value, int minute) => new()
    {
        Version = "v1", MetricName = metric, MetricValue = value, SampleCount = 200, Timestamp = Noon.AddMinutes(minute), Metadata = new Dictionary<string, string> { ["judge"] = "x" },
    };

    private Task<IReadOnlyList<AdapterDescription>> ListAsync(string? baseModel = null, AdapterState? state = null, int limit = 10) =>
        _adapters.ListAsync(_tenant, new AdapterQuery(baseModel, state, limit), default);

    private Task<long?> SaveAsync(IReadOnlyList<AdapterDescription> versions, long expected = 0, IReadOnlyList<AdapterTransition>? transitions = null) => _store.States.SaveAsync(
        Key, expected, 0, new byte[] { 1 }, SnapshotCopies.Both,
        new SnapshotEffects([], []) { Adapters = new AdapterEffects(_tenant, Base, versions, transitions ?? [], []) },
        default);
}
