using System.Text.Json;
using Drift.Actors.Adapters;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Drift.Core.Detection;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Actors.Tests.Contract;

/// <summary>What the actor of a base model's LoRA versions promises, whatever hosts it.</summary>
public abstract class AdapterCatalogContract : IAsyncLifetime
{
    private const string Base = "meta-llama/Llama-3-8B";

    private EngineHarness _harness = null!;

    private IAdapterCatalogActor Catalog => _harness.Engine.Adapters("default", Base);

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_version_goes_through_its_life_and_each_transition_is_kept_with_who_and_why()
    {
        await Catalog.RegisterAsync(new AdapterRegistration { Version = "v1", Model = "credit", Training = new AdapterTraining { Rank = 16 } }, "ann");
        await DoAsync("v1", AdapterCommand.Train);
        await Catalog.ChangeAsync(new AdapterChange
        {
            Version = "v1", Command = AdapterCommand.Trained, By = "trainer", ArtifactUri = "s3://bucket/v1", Training = new AdapterTraining { ValidationLoss = 0.4 },
        });
        await DoAsync("v1", AdapterCommand.Validate);
        await DoAsync("v1", AdapterCommand.Ready);
        await DoAsync("v1", AdapterCommand.DeployChampion);
        await DoAsync("v1", AdapterCommand.Retire);

        var v1 = await Catalog.GetAsync("v1");
        Assert.Equal((AdapterState.Retired, 16, 0.4, "s3://bucket/v1", _harness.Clock.GetUtcNow()), (v1.State, v1.Training.Rank, v1.Training.ValidationLoss, v1.ArtifactUri, v1.DeployedAt));
        var transitions = await _harness.Engine.Adapter("default", Base, "v1").GetTransitionsAsync();
        Assert.Equal(
            [AdapterState.Registered, AdapterState.Training, AdapterState.Trained, AdapterState.Validating, AdapterState.Ready, AdapterState.Loading, AdapterState.Serving, AdapterState.Draining, AdapterState.Retired],
            transitions.Select(t => t.To));
        Assert.Equal(("ann", "trainer", "deployer:none"), (transitions[0].By, transitions[2].By, transitions[^1].By));
        Assert.Equal(Enumerable.Range(1, transitions.Count).Select(i => (long)i), transitions.Select(t => t.Sequence));
        var row = Assert.Single(await _harness.AdapterStore.ListAsync("default", new AdapterQuery(Base, null, 10), default));
        Assert.Equal(v1 with { Metadata = row.Metadata }, row);
    }

    [Fact]
    public async Task What_is_not_possible_is_a_conflict_that_names_what_is_and_changes_nothing()
    {
        await RegisterAsync("v1");

        var refused = await Assert.ThrowsAsync<DriftException>(() => DoAsync("v1", AdapterCommand.Promote));

        Assert.Equal(DriftError.Conflict, refused.Error);
        Assert.Contains("is trained: 'promote' is not possible. Possible: validate, retire, fail.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(AdapterState.Trained, (await Catalog.GetAsync("v1")).State);
        Assert.Equal(3, (await _harness.Engine.Adapter("default", Base, "v1").GetTransitionsAsync()).Count);
    }

    [Fact]
    public async Task Faults_are_told_by_field_and_nothing_is_registered()
    {
        var refused = await Assert.ThrowsAsync<DriftException>(() => Catalog.RegisterAsync(
            new AdapterRegistration { Version = "a b", Training = new AdapterTraining { Rank = -1, Dropout = 1 }, State = AdapterState.Serving }, "ann"));

        Assert.Equal(DriftError.Invalid, refused.Error);
        Assert.Equal(["state", "training.dropout", "training.rank", "version"], refused.Fields!.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(await Catalog.ListAsync());
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Catalog.GetAsync("v1"))).Error);
    }

    [Fact]
    public async Task The_same_registration_again_changes_nothing_and_another_of_that_name_is_refused()
    {
        var registration = new AdapterRegistration { Version = "v1", Metadata = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };
        await Catalog.RegisterAsync(registration, "ann");
        var again = await Catalog.RegisterAsync(registration with { Metadata = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } }, "bob");

        Assert.Equal(1, again.Sequence);
        Assert.Equal(
            DriftError.Conflict,
            (await Assert.ThrowsAsync<DriftException>(() => Catalog.RegisterAsync(registration with { Model = "credit" }, "ann"))).Error);
    }

    [Fact]
    public async Task A_request_that_comes_again_is_answered_and_not_done_again()
    {
        await RegisterAsync("v1");
        var change = new AdapterChange { Version = "v1", Command = AdapterCommand.Validate, By = "ann", RequestId = "r-1" };
        await Catalog.ChangeAsync(change);
        await DoAsync("v1", AdapterCommand.Ready);
        _harness.Crash();

        Assert.Equal(AdapterState.Ready, (await Catalog.ChangeAsync(change)).State);
        Assert.Equal(5, (await _harness.Engine.Adapter("default", Base, "v1").GetTransitionsAsync()).Count);
    }

    [Fact]
    public async Task A_promotion_makes_the_canary_champion_and_ends_the_one_before_in_one_transaction()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployCanary);
        _harness.OnSave = _ => throw new DriftException("the database is away");
        await Assert.ThrowsAsync<DriftException>(() => DoAsync("v2", AdapterCommand.Promote));
        _harness.OnSave = null;
        Assert.Equal(("v1", AdapterRole.Canary), (await ChampionAsync(), (await Catalog.GetAsync("v2")).Role));

        var promoted = await DoAsync("v2", AdapterCommand.Promote);

        Assert.Equal((AdapterState.Serving, AdapterRole.Champion, "v1"), (promoted.State, promoted.Role, promoted.Replaced));
        Assert.Equal(AdapterState.Retired, (await Catalog.GetAsync("v1")).State);
        Assert.Equal("v2", await ChampionAsync());
    }

    [Fact]
    public async Task A_champion_that_is_rolled_back_gives_way_to_the_one_before_it()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployChampion);

        Assert.Equal(AdapterState.RolledBack, (await DoAsync("v2", AdapterCommand.Rollback)).State);

        Assert.Equal("v1", await ChampionAsync());
        var alert = Assert.Single(await _harness.Alerts.ListAsync("default", new AlertQuery(null, null, 10), default));
        Assert.Equal((AlertKind.Adapter, Severity.Critical, AlertState.Open), (alert.Kind, alert.Severity, alert.State));

        await DoAsync("v2", AdapterCommand.Retire);
        Assert.Equal(AlertState.Resolved, (await _harness.Alerts.FindAsync("default", alert.Id, default))!.State);
        Assert.Equal(["Opened", "Resolved"], (await _harness.Outbox.ListAsync("default", new OutboxQuery(null, null, 10), default)).Select(e => e.Kind).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_deployer_is_asked_to_load_and_its_report_leads_on_once()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        var loading = await Catalog.GetAsync("v1");
        Assert.Equal((AdapterState.Loading, AdapterRole.Champion), (loading.State, loading.Role));
        var entry = Assert.Single(await RequestsAsync());
        Assert.Equal((loading.DeploymentId, "deployer:vllm", DeploymentRequest.LoadKind), (entry.Id, entry.Destination, entry.Kind));
        var body = JsonDocument.Parse(entry.Payload).RootElement;
        Assert.Equal(
            [entry.Id, "default", Base, "v1", "v1", "s3://v1", "vllm"],
            new[] { "id", "tenant", "base_model", "version", "lora_name", "artifact_uri", "deployer" }.Select(m => body.GetProperty(m).GetString()));

        var report = new DeploymentReport { Version = "v1", DeploymentId = entry.Id, Outcome = DeploymentOutcome.Loaded };
        Assert.False(await Catalog.ReportDeploymentAsync(report with { DeploymentId = "another" }));
        Assert.False(await Catalog.ReportDeploymentAsync(report with { Version = "v9" }));
        Assert.False(await Catalog.ReportDeploymentAsync(report with { Outcome = DeploymentOutcome.Unloaded }));
        Assert.True(await Catalog.ReportDeploymentAsync(report));
        Assert.False(await Catalog.ReportDeploymentAsync(report));

        Assert.Equal("v1", await ChampionAsync());
        Assert.Null((await Catalog.GetAsync("v1")).DeploymentId);
    }

    [Fact]
    public async Task A_load_that_fails_fails_the_version_raises_an_alert_and_leaves_the_champion()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployCanary, "vllm");
        await ReportAsync("v2", DeploymentOutcome.Failed, "no such artifact");

        var v2 = await Catalog.GetAsync("v2");
        Assert.Equal((AdapterState.Failed, "no such artifact"), (v2.State, v2.Message));
        Assert.Equal("v1", await ChampionAsync());
        Assert.Contains("no such artifact", Assert.Single(await _harness.Alerts.ListAsync("default", new AlertQuery(null, null, 10), default)).Summary, StringComparison.Ordinal);

        // The way back leads through another validation.
        await DoAsync("v2", AdapterCommand.Validate);
        await DoAsync("v2", AdapterCommand.Ready);
        Assert.Equal(AdapterState.Loading, (await DoAsync("v2", AdapterCommand.DeployCanary)).State);
    }

    [Fact]
    public async Task A_champion_returns_only_when_its_unloading_is_over()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        await ReportAsync("v1", DeploymentOutcome.Loaded);
        await DeployAsync("v2", AdapterCommand.DeployChampion, "vllm");
        await ReportAsync("v2", DeploymentOutcome.Loaded);
        Assert.Equal(AdapterState.Draining, (await Catalog.GetAsync("v1")).State);

        await DoAsync("v2", AdapterCommand.Rollback);
        Assert.Equal((AdapterState.Draining, null), ((await Catalog.GetAsync("v1")).State, await ChampionAsync()));
        _harness.Crash();
        await ReportAsync("v1", DeploymentOutcome.Unloaded);
        Assert.Equal(AdapterState.Loading, (await Catalog.GetAsync("v1")).State);
        await ReportAsync("v1", DeploymentOutcome.Loaded);

        Assert.Equal("v1", await ChampionAsync());
        await ReportAsync("v2", DeploymentOutcome.Unloaded);
        Assert.Equal(AdapterState.RolledBack, (await Catalog.GetAsync("v2")).State);
        Assert.Equal(
            [DeploymentRequest.LoadKind, DeploymentRequest.LoadKind, DeploymentRequest.LoadKind, DeploymentRequest.UnloadKind, DeploymentRequest.UnloadKind],
            (await RequestsAsync()).Select(e => e.Kind).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_version_that_loads_after_it_was_failed_by_hand_is_unloaded_again()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        var pending = (await Catalog.GetAsync("v1")).DeploymentId!;
        await DoAsync("v1", AdapterCommand.Fail);

        Assert.True(await Catalog.ReportDeploymentAsync(new DeploymentReport { Version = "v1", DeploymentId = pending, Outcome = DeploymentOutcome.Loaded }));

        Assert.Equal(AdapterState.Failed, (await Catalog.GetAsync("v1")).State);
        Assert.Contains(await RequestsAsync(), e => e.Kind == DeploymentRequest.UnloadKind);
    }

    [Fact]
    public async Task A_version_that_its_server_lost_is_asked_for_again_one_request_at_a_time()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        Assert.False(await LostAsync("v1"), "it is being loaded");
        await ReportAsync("v1", DeploymentOutcome.Loaded);

        Assert.False(await LostAsync("v9"), "nobody knows it");
        Assert.False(await LostAsync("v1", "another"), "it is not that one's");
        Assert.True(await LostAsync("v1"));
        Assert.False(await LostAsync("v1"), "one request is under way");
        _harness.Crash();
        Assert.False(await LostAsync("v1"), "one request is under way, whoever died");

        var lost = await Catalog.GetAsync("v1");
        Assert.Equal((AdapterState.Serving, AdapterRole.Champion, true), (lost.State, lost.Role, lost.IsActive));
        Assert.Equal([DeploymentRequest.LoadKind, DeploymentRequest.LoadKind], (await RequestsAsync()).Select(r => r.Kind));
        await ReportAsync("v1", DeploymentOutcome.Loaded);

        Assert.Equal(("v1", 6), (await ChampionAsync(), (await TransitionsAsync(["v1"])).Count - 1));
        Assert.Equal([DeploymentRequest.LoadKind, DeploymentRequest.LoadKind], (await RequestsAsync()).Select(r => r.Kind));
    }

    [Fact]
    public async Task A_version_that_is_lost_again_and_again_is_asked_for_ever_more_rarely()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        await ReportAsync("v1", DeploymentOutcome.Loaded);
        var began = _harness.Clock.GetUtcNow();
        var asked = new List<double>();
        while (_harness.Clock.GetUtcNow() - began < TimeSpan.FromHours(1))
        {
            if (await LostAsync("v1"))
            {
                asked.Add((_harness.Clock.GetUtcNow() - began).TotalSeconds);
                await ReportAsync("v1", DeploymentOutcome.Loaded);
            }

            _harness.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal([0, 30, 90, 210, 450, 930, 1890], asked);
        Assert.Equal(1 + asked.Count, (await RequestsAsync()).Select(r => r.Id).Distinct().Count());
        // It held for long: what happens now is another matter.
        _harness.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True(await LostAsync("v1"));
        await ReportAsync("v1", DeploymentOutcome.Loaded);
        _harness.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await LostAsync("v1"));
    }

    [Theory]
    [InlineData(DeploymentOutcome.Loaded)]
    [InlineData(DeploymentOutcome.Failed)]
    public async Task A_version_that_leaves_while_it_is_loaded_again_is_unloaded_and_not_asked_for_again(DeploymentOutcome outcome)
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        await ReportAsync("v1", DeploymentOutcome.Loaded);
        await LostAsync("v1");
        await DoAsync("v1", AdapterCommand.Retire);
        Assert.Equal(AdapterState.Draining, (await Catalog.GetAsync("v1")).State);
        Assert.DoesNotContain(await RequestsAsync(), r => r.Kind == DeploymentRequest.UnloadKind);

        await ReportAsync("v1", outcome);
        _harness.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await LostAsync("v1"), "it drains");
        Assert.Single(await RequestsAsync(), r => r.Kind == DeploymentRequest.UnloadKind);
        await ReportAsync("v1", DeploymentOutcome.Unloaded);

        Assert.Equal(AdapterState.Retired, (await Catalog.GetAsync("v1")).State);
        Assert.False(await LostAsync("v1"), "it is retired");
    }

    [Fact]
    public async Task A_lost_version_that_cannot_be_loaded_again_raises_one_alert_until_it_is_there()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion, "vllm");
        await ReportAsync("v1", DeploymentOutcome.Loaded);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.True(await LostAsync("v1"));
            await ReportAsync("v1", DeploymentOutcome.Failed, "no such artifact");
            _harness.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal("v1", await ChampionAsync());
        var alert = Assert.Single(await _harness.Alerts.ListAsync("default", new AlertQuery(null, null, 10), default));
        Assert.Equal((AlertKind.Adapter, Severity.Critical, AlertState.Open), (alert.Kind, alert.Severity, alert.State));
        Assert.Equal($"LoRA version v1 of {Base} was lost by its server and could not be loaded again: no such artifact", alert.Summary);

        Assert.True(await LostAsync("v1"));
        await ReportAsync("v1", DeploymentOutcome.Loaded);
        Assert.Equal(AlertState.Resolved, (await _harness.Alerts.FindAsync("default", alert.Id, default))!.State);
    }

    [Fact]
    public async Task Two_activations_never_make_two_champions()
    {
        await RegisterAsync("v1");
        await RegisterAsync("v2");
        foreach (var version in new[] { "v1", "v2" })
        {
            await DoAsync(version, AdapterCommand.Validate);
            await DoAsync(version, AdapterCommand.Ready);
        }

        var second = _harness.StartSecondEngine().Adapters("default", Base);
        Assert.Equal(2, (await second.ListAsync()).Count);
        // Both have read the same snapshot; each decides on it.
        await Task.WhenAll(DoAsync("v1", AdapterCommand.DeployChampion), DoAsync("v2", AdapterCommand.DeployChampion, second));

        var champion = Assert.Single(await RowsAsync(), r => r.IsActive);
        _harness.Crash();
        Assert.Equal(champion.Version, await ChampionAsync());
        Assert.Equal([AdapterState.Retired, AdapterState.Serving], (await RowsAsync()).Select(r => r.State).OrderDescending());
        var sequences = (await TransitionsAsync(["v1", "v2"])).Select(t => t.Sequence).ToList();
        Assert.Equal(Enumerable.Range(1, sequences.Count).Select(i => (long)i), sequences);
    }

    [Fact]
    public async Task A_canary_that_is_better_is_promoted_by_policy_and_a_worse_one_is_rolled_back()
    {
        var model = await MonitoredAsync();
        await Catalog.SetPolicyAsync(new AdapterPolicy { PromoteWhen = CanaryVerdict.Better });
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployCanary);
        await Catalog.EvaluateAsync();
        await SendAsync(model, "v1", 1_000, 0.8);
        await SendAsync(model, "v2", 1_000, 0.95);

        await Catalog.EvaluateAsync();
        var v2 = await Catalog.GetAsync("v2");

        Assert.Equal((AdapterState.Serving, AdapterRole.Champion, CanaryVerdict.Better), (v2.State, v2.Role, v2.Canary!.Verdict));
        Assert.Equal((1_000, 950, 1_000, 800), (v2.Canary.Samples, v2.Canary.Correct, v2.Canary.ChampionSamples, v2.Canary.ChampionCorrect));
        Assert.Equal("policy", (await _harness.Engine.Adapter("default", Base, "v2").GetTransitionsAsync())[^1].By);

        await DeployAsync("v3", AdapterCommand.DeployCanary);
        await Catalog.EvaluateAsync();
        _harness.Clock.Advance(TimeSpan.FromMinutes(2));
        await SendAsync(model, "v2", 1_000, 0.95);
        await SendAsync(model, "v3", 1_000, 0.85);
        await Catalog.EvaluateAsync();
        var v3 = await Catalog.GetAsync("v3");

        Assert.Equal((AdapterState.RolledBack, CanaryVerdict.Worse, "v2"), (v3.State, v3.Canary!.Verdict, await ChampionAsync()));
        // What the champion had counted before the canary came is not compared with it.
        Assert.Equal(1_000, v3.Canary.ChampionSamples);
        var points = await _harness.Engine.Adapter("default", Base, "v3").GetPerformanceAsync(DateTimeOffset.MinValue, null, 100);
        Assert.Equal(["accuracy", "canary_difference", "canary_lower", "canary_upper", "rows"], points.Select(p => p.MetricName).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(0.85, points.First(p => p.MetricName == "accuracy").MetricValue, 3);

        var compared = await Catalog.CompareAsync(["v2", "v3"]);
        Assert.Equal(["v2", "v2", "v3"], [compared.Champion!, .. compared.Versions.Select(v => v.Adapter.Version)]);
        Assert.Equal(0.95, compared.Versions[0].Performance.Single(p => p.MetricName == "accuracy").MetricValue, 3);
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Catalog.CompareAsync(["v2", "v9"]))).Error);
    }

    [Fact]
    public async Task A_comparison_shows_how_each_version_answered_and_how_its_rows_were_served()
    {
        var model = await MonitoredAsync();
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployCanary);
        await RegisterAsync("v3");
        foreach (var (version, milliseconds) in new[] { ("v1", 20.0), ("v2", 200.0) })
        {
            var batch = Traffic.Rows(600, 5, shift: version == "v2" ? 2 : 0, at: _harness.Clock.GetUtcNow());
            for (var row = 0; row < batch.Count; row++)
            {
                batch.Serving.Adapter.SetText(row, batch.Texts.Add(version));
                batch.Serving.LatencyMs.SetNumber(row, milliseconds);
                batch.Serving.PromptTokens.SetNumber(row, 10);
                batch.Serving.CompletionTokens.SetNumber(row, 3);
                // As the unchanged rows of v1 are answered, and the other way round.
                if (version == "v2")
                    batch.Prediction.SetText(row, batch.Texts.Add("no"));
            }

            await model.SendAsync(batch, _harness.Clock.GetUtcNow());
        }

        var compared = (await Catalog.CompareAsync(["v1", "v2", "v3"])).Versions;

        Assert.Equal(
            [("24h", 600L, 20.0, 6_000L, 1_800L), ("24h", 600L, 200.0, 6_000L, 1_800L)],
            compared.Take(2).Select(c => (c.Verdict!.Window, c.Verdict.Rows, c.Verdict.Serving!.LatencyMeanMs!.Value, c.Verdict.Serving.PromptTokens, c.Verdict.Serving.CompletionTokens)));
        // Its inputs drifted too, which is not the version's doing.
        Assert.Equal([("prediction", false), ("prediction", true)], compared.Take(2).Select(c => (c.Verdict!.Features.Single(f => f.Name == "prediction").Name, c.Verdict.Features.Single(f => f.Name == "prediction").Drifted)));
        Assert.DoesNotContain(compared[1].Verdict!.Features, f => f.Role == Core.Plans.ColumnRole.Feature);
        Assert.Null(compared[2].Verdict);
    }

    [Fact]
    public async Task Versions_are_compared_though_their_model_is_gone()
    {
        await MonitoredAsync();
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await _harness.Model().DeleteAsync();

        var compared = Assert.Single((await Catalog.CompareAsync(["v1"])).Versions);

        Assert.Equal(("v1", null), (compared.Adapter.Version, compared.Verdict));
    }

    [Fact]
    public async Task Canary_counts_survive_a_crash_and_a_new_reference()
    {
        var model = await MonitoredAsync();
        await Catalog.SetPolicyAsync(new AdapterPolicy { Automatic = false });
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployCanary);
        await Catalog.EvaluateAsync();
        await SendAsync(model, "v1", 300, 0.9);
        await SendAsync(model, "v2", 200, 0.9);
        Assert.Equal(200, (await Catalog.EvaluateAsync())!.Canary!.Samples);
        _harness.Crash();
        await _harness.Model().SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(500, 77, labels: true)));
        await SendAsync(_harness.Model(), "v1", 100, 0.9);
        await SendAsync(_harness.Model(), "v2", 50, 0.9);

        var canary = (await Catalog.EvaluateAsync())!.Canary!;

        Assert.Equal((250, 225, 400, 360), (canary.Samples, canary.Correct, canary.ChampionSamples, canary.ChampionCorrect));
    }

    [Fact]
    public async Task A_canary_that_nothing_decides_is_rolled_back_after_its_time()
    {
        await Catalog.SetPolicyAsync(new AdapterPolicy { MaxDuration = TimeSpan.FromHours(1) });
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await DeployAsync("v2", AdapterCommand.DeployCanary);
        var waiting = (await Catalog.EvaluateAsync())!;
        Assert.Equal((AdapterState.Serving, true), (waiting.State, waiting.Canary!.Message!.Contains("model credit", StringComparison.Ordinal)));
        _harness.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));

        await Catalog.EvaluateAsync();
        Assert.Equal(AdapterState.RolledBack, (await Catalog.GetAsync("v2")).State);
        Assert.Equal("v1", await ChampionAsync());
    }

    [Fact]
    public async Task A_damaged_snapshot_is_read_from_its_copy_and_without_one_nothing_is_decided()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await _harness.ExecuteAsync($"update actor_state set payload = {_harness.Bytes("7b22")} where actor_key like 'adapters/%'");
        _harness.Crash();
        Assert.Equal("v1", await ChampionAsync());

        await _harness.ExecuteAsync($"update actor_state set previous_payload = {_harness.Bytes("7b22")} where actor_key like 'adapters/%'");
        _harness.Crash();
        var refused = await Assert.ThrowsAsync<DriftException>(() => DoAsync("v1", AdapterCommand.Rollback));
        Assert.Equal(DriftError.Unavailable, refused.Error);
        Assert.True(Assert.Single(await RowsAsync()).IsActive);
    }

    [Fact]
    public async Task The_database_itself_refuses_a_second_champion()
    {
        await DeployAsync("v1", AdapterCommand.DeployChampion);
        await RegisterAsync("v2");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _harness.ExecuteAsync("update lora_adapters set is_active = (version = version)"));
    }

    // Random commands, some twice, some at two activations, reports late and out of order, crashes and failing writes in between.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_there_is_one_champion_at_most_and_no_transition_is_lost_or_illegal(int seed)
    {
        var random = new Random(seed);
        string[] versions = [.. Enumerable.Range(1, 10).Select(i => $"v{i}")];
        foreach (var version in versions)
            await RegisterAsync(version, version is "v4" or "v5" ? null : "vllm");
        var acknowledged = new List<(string Version, long Sequence)>();
        var reports = new List<DeploymentReport>();
        var second = _harness.StartSecondEngine().Adapters("default", Base);
        var commands = Enum.GetValues<AdapterCommand>().Where(AdapterLifecycle.IsForCallers).ToArray();
        for (var step = 0; step < 250; step++)
        {
            var (version, catalog) = (versions[random.Next(versions.Length)], random.Next(4) == 0 ? second : Catalog);
            // Mostly what is possible, so that versions get somewhere; now and then whatever.
            var phase = await PhaseAsync(catalog, version);
            var possible = AdapterLifecycle.Allowed(phase).Where(c => c is not (AdapterCommand.Retire or AdapterCommand.Fail) || random.Next(8) == 0).ToArray();
            var command = possible.Length > 0 && random.Next(5) > 0 ? possible[random.Next(possible.Length)] : commands[random.Next(commands.Length)];
            switch (random.Next(12))
            {
                case 0:
                    var written = random.Next(2) == 0;
                    _harness.OnSave = async save =>
                    {
                        if (written)
                            await save();
                        throw new DriftException(written ? "no answer" : "away");
                    };
                    break;
                case 1 when step % 5 == 0:
                    _harness.Crash();
                    break;
                case 2:
                    await TryAsync(() => catalog.ReportMissingAsync(new MissingReport { Version = version, Deployer = "vllm" }));
                    break;
            }

            await TryAsync(async () =>
            {
                var change = new AdapterChange { Version = version, Command = command, By = "test", RequestId = $"r-{step}" };
                var done = await catalog.ChangeAsync(change);
                acknowledged.Add((version, done.Sequence));
                if (random.Next(3) == 0)
                    Assert.Equal(done.Sequence, (await catalog.ChangeAsync(change)).Sequence);
            });
            _harness.OnSave = null;
            reports.AddRange((await RequestsAsync()).Select(e => new DeploymentReport
            {
                Version = e.Subject!,
                DeploymentId = e.Id,
                Outcome = random.Next(6) == 0 ? DeploymentOutcome.Failed : e.Kind == DeploymentRequest.LoadKind ? DeploymentOutcome.Loaded : DeploymentOutcome.Unloaded,
            }).Where(r => reports.TrueForAll(known => known.DeploymentId != r.DeploymentId)));
            for (var i = random.Next(5); i > 0 && reports.Count > 0; i--)
            {
                var report = reports[random.Next(reports.Count)];
                await TryAsync(() => Catalog.ReportDeploymentAsync(report));
            }

            Assert.True((await RowsAsync()).Count(r => r.IsActive) <= 1);
        }

        var transitions = await TransitionsAsync(versions);
        Assert.Equal(Enumerable.Range(1, transitions.Count).Select(i => (long)i), transitions.Select(t => t.Sequence));
        Assert.All(acknowledged, a => Assert.Contains(transitions, t => t.Version == a.Version && t.Sequence == a.Sequence));
        var phases = versions.ToDictionary(v => v, _ => (AdapterPhase?)null);
        foreach (var t in transitions)
        {
            var from = t.From is { } state ? new AdapterPhase(state, t.FromRole) : (AdapterPhase?)null;
            var to = new AdapterPhase(t.To, t.ToRole);
            Assert.Equal(phases[t.Version], from);
            Assert.Equal(from is { } known ? AdapterLifecycle.Next(known, t.Command!.Value) : new AdapterPhase(AdapterState.Registered), to);
            phases[t.Version] = to;
            Assert.True(phases.Values.Count(p => p is { IsChampion: true }) <= 1);
        }

        foreach (var row in await RowsAsync())
            Assert.Equal(phases[row.Version], new AdapterPhase(row.State, row.Role));
        // So that the run is one that got somewhere.
        Assert.True(transitions.Count(t => t is { To: AdapterState.Serving, ToRole: AdapterRole.Champion }) > 2, $"{transitions.Count} transitions");
    }

    protected abstract Task<EngineHarness> StartAsync();

    private static async Task TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
        }
        catch (DriftException)
        {
            // Refused, or of unknown outcome: what is stored must be sound all the same.
        }
    }

    private static async Task<AdapterPhase> PhaseAsync(IAdapterCatalogActor catalog, string version)
    {
        var found = await catalog.GetAsync(version);
        return new AdapterPhase(found.State, found.Role);
    }

    private Task<AdapterDescription> RegisterAsync(string version, string? deployer = null) => Catalog.RegisterAsync(
        new AdapterRegistration { Version = version, Model = "credit", Deployer = deployer, ArtifactUri = $"s3://{version}", State = AdapterState.Trained }, "ann");

    private async Task DeployAsync(string version, AdapterCommand deploy, string? deployer = null)
    {
        await RegisterAsync(version, deployer);
        await DoAsync(version, AdapterCommand.Validate);
        await DoAsync(version, AdapterCommand.Ready);
        await DoAsync(version, deploy);
    }

    private Task<AdapterDescription> DoAsync(string version, AdapterCommand command, IAdapterCatalogActor? catalog = null) =>
        (catalog ?? Catalog).ChangeAsync(new AdapterChange { Version = version, Command = command, By = "ann" });

    private Task<bool> LostAsync(string version, string deployer = "vllm") => Catalog.ReportMissingAsync(new MissingReport { Version = version, Deployer = deployer });

    private async Task ReportAsync(string version, DeploymentOutcome outcome, string? message = null)
    {
        var id = (await Catalog.GetAsync(version)).DeploymentId;
        Assert.NotNull(id);
        Assert.True(await Catalog.ReportDeploymentAsync(new DeploymentReport { Version = version, DeploymentId = id, Outcome = outcome, Message = message }));
    }

    private async Task<string?> ChampionAsync(IAdapterCatalogActor? catalog = null) =>
        (await (catalog ?? Catalog).ListAsync()).SingleOrDefault(v => v.IsActive)?.Version;

    private Task<IReadOnlyList<AdapterDescription>> RowsAsync() => _harness.AdapterStore.ListAsync("default", new AdapterQuery(Base, null, 100), default);

    private async Task<List<OutboxEntry>> RequestsAsync() =>
        [.. (await _harness.Outbox.ListAsync("default", new OutboxQuery(null, null, 1000), default)).Where(e => e.Destination.StartsWith(DeploymentRequest.DestinationPrefix, StringComparison.Ordinal))];

    private async Task<List<AdapterTransition>> TransitionsAsync(IEnumerable<string> versions)
    {
        var all = new List<AdapterTransition>();
        foreach (var version in versions)
            all.AddRange(await _harness.AdapterStore.ReadTransitionsAsync("default", Base, version, default));
        return [.. all.OrderBy(t => t.Sequence)];
    }

    private async Task<IModelActor> MonitoredAsync()
    {
        var model = _harness.Model();
        await model.ConfigureAsync(new ModelSettings { Task = ModelTask.Binary, Positive = "yes", Segments = ["adapter"], Reference = new() { Mode = ReferenceMode.Uploaded } });
        await model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(500, 1, labels: true)));
        return model;
    }

    /// <summary>Rows of a version with labels, exactly that share of which is right.</summary>
    private async Task SendAsync(IModelActor model, string version, int rows, double accuracy)
    {
        var batch = Traffic.Rows(rows, rows, at: _harness.Clock.GetUtcNow());
        var right = (int)Math.Round(rows * accuracy);
        for (var row = 0; row < rows; row++)
        {
            batch.Label.SetText(row, batch.Texts.Add(batch.Prediction.Category(row, batch.Texts) == "yes" == row < right ? "yes" : "no"));
            batch.Segment("adapter").SetText(row, batch.Texts.Add(version));
        }

        await model.SendAsync(batch, _harness.Clock.GetUtcNow());
    }
}
