using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Actors.Tests.Contract;

/// <summary>What a model's actor promises of alerts, whatever hosts it.</summary>
public abstract class ModelAlertContract : IAsyncLifetime
{
    private EngineHarness _harness = null!;
    private int _seed = 100;

    private IModelActor Model => _harness.Model();

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task An_alert_opens_after_two_drifted_evaluations_and_is_resolved_after_three_quiet_ones()
    {
        await LearnAsync();
        await EvaluateAsync(shift: 1);
        Assert.Empty(await AlertsAsync());
        await EvaluateAsync(shift: 1);

        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal((AlertState.Open, AlertKind.Drift, "credit", "1h", Severity.Critical), (alert.State, alert.Kind, alert.Model, alert.Window, alert.Severity));
        Assert.Equal("age", alert.Columns[0]);
        Assert.True(alert.Values["psi"] > 0.3);
        Assert.Contains("Critical drift of credit in the last 1h: age, PSI", alert.Summary, StringComparison.Ordinal);

        _harness.Clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(AlertState.Open, Assert.Single(await AlertsAsync()).State);
            await EvaluateAsync();
        }

        var resolved = Assert.Single(await AlertsAsync());
        Assert.Equal((alert.Id, AlertState.Resolved, Now, "the drift is over", Severity.Critical), (resolved.Id, resolved.State, resolved.ResolvedAt, resolved.Resolution, resolved.Severity));
        Assert.Equal([("Opened", $"{alert.Id}.1"), ("Resolved", $"{alert.Id}.2")], await ToldAsync());
    }

    [Fact]
    public async Task The_next_drift_is_another_alert()
    {
        await LearnAsync();
        for (var episode = 0; episode < 2; episode++)
        {
            await DriftAsync();
            await CalmAsync();
        }

        var alerts = await AlertsAsync();
        Assert.Equal(2, alerts.Select(a => a.Id).Distinct().Count());
        Assert.All(alerts, a => Assert.Equal(AlertState.Resolved, a.State));
        Assert.Equal(4, (await ToldAsync()).Count);
    }

    [Fact]
    public async Task Too_few_rows_open_no_alert()
    {
        await LearnAsync();
        for (var i = 0; i < 4; i++)
            await EvaluateAsync(rows: 100, shift: 5);

        Assert.Empty(await AlertsAsync());
    }

    [Fact]
    public async Task An_open_alert_is_there_once_after_crashes_and_passivation_and_is_resolved_under_its_id()
    {
        await LearnAsync();
        await DriftAsync();
        var opened = Assert.Single(await AlertsAsync());
        for (var i = 0; i < 3; i++)
        {
            _harness.Crash();
            await EvaluateAsync(shift: 1);
            await _harness.PassivateAsync();
        }

        Assert.Equal(opened.Id, Assert.Single(await AlertsAsync()).Id);
        Assert.Equal([("Opened", $"{opened.Id}.1")], await ToldAsync());

        // An activation that crashed here goes on to exist, writes when it leaves memory, and so makes the other one read again and
        // judge afresh: three quiet evaluations may not be enough.
        _harness.Clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 12 && (await ToldAsync()).Count < 2; i++)
            await EvaluateAsync();
        Assert.Equal([("Opened", $"{opened.Id}.1"), ("Resolved", $"{opened.Id}.2")], await ToldAsync());
    }

    [Fact]
    public async Task Two_activations_of_a_model_open_one_alert()
    {
        await LearnAsync();
        var second = _harness.StartSecondEngine().Model(ModelId.Create("default", "credit"));
        await second.GetVerdictAsync();
        for (var i = 0; i < 3; i++)
        {
            await EvaluateAsync(shift: 1);
            await second.SendAsync(Traffic.Rows(1000, _seed++, shift: 1), Now);
            await second.GetVerdictAsync();
        }

        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal([("Opened", $"{alert.Id}.1")], await ToldAsync());
    }

    [Fact]
    public async Task A_worse_severity_that_holds_is_told_and_takes_the_acknowledgement_away()
    {
        await LearnAsync();
        await DriftAsync(shift: 0.15);
        var opened = Assert.Single(await AlertsAsync());
        Assert.True(opened.Severity < Severity.Critical, $"{opened.Severity}");
        await _harness.Alerts.AcknowledgeAsync("default", opened.Id, "ada", "looking", Now, default);
        Assert.Equal(AlertState.Acknowledged, Assert.Single(await AlertsAsync()).State);

        await DriftAsync(rows: 20_000, shift: 2);

        var worse = Assert.Single(await AlertsAsync());
        Assert.Equal((AlertState.Open, Severity.Critical), (worse.State, worse.Severity));
        Assert.Contains(("Changed", $"{opened.Id}.{worse.Sequence}"), await ToldAsync());
    }

    [Fact]
    public async Task A_severity_below_the_model_s_least_opens_nothing()
    {
        await Model.ConfigureAsync(new ModelSettings { Alerts = new AlertSettings { MinSeverity = Severity.Critical } });
        await LearnAsync();
        await DriftAsync(shift: 0.15);
        Assert.True((await Model.GetVerdictAsync()).DriftDetected);
        Assert.Empty(await AlertsAsync());

        await DriftAsync(rows: 20_000, shift: 2);
        Assert.Equal(Severity.Critical, Assert.Single(await AlertsAsync()).Severity);
    }

    [Fact]
    public async Task Low_accuracy_is_an_alert_of_its_own()
    {
        await Model.SendAsync(Traffic.Rows(5000, 1, labels: true), Now);
        for (var i = 0; i < 2; i++)
        {
            var rows = Traffic.Rows(3000, _seed++, labels: true);
            for (var row = 0; row < rows.Count; row++)
                rows.Label.SetText(row, rows.Texts.Add(rows.Prediction.Category(row, rows.Texts) == "yes" && row % 2 == 0 ? "yes" : row % 3 == 0 ? "no" : "yes"));
            await EvaluateAsync(rows);
        }

        var verdict = await Model.GetVerdictAsync();
        Assert.True(verdict.AccuracySeverity > Severity.None, $"{verdict.CurrentAccuracy} {verdict.ReferenceAccuracy}");
        var alert = (await AlertsAsync()).Single(a => a.Kind == AlertKind.Accuracy);
        Assert.Equal(verdict.AccuracySeverity, alert.Severity);
        Assert.Equal(verdict.CurrentAccuracy, alert.Values["current_accuracy"]);
        Assert.Empty(alert.Columns);
        Assert.Contains("loss of accuracy of credit in the last 1h", alert.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("age", null, null, true)]
    [InlineData("job", null, null, false)]
    [InlineData(null, Severity.Moderate, null, false)]
    [InlineData(null, null, "fraud", false)]
    [InlineData("age", Severity.Critical, "credit", true)]
    public async Task A_silenced_alert_is_recorded_and_not_told(string? feature, Severity? maxSeverity, string? model, bool silenced)
    {
        await LearnAsync();
        await _harness.Alerts.AddSilenceAsync(
            new Silence { Id = "s1", Tenant = "default", Model = model, Feature = feature, MaxSeverity = maxSeverity, StartsAt = Now, EndsAt = Now.AddDays(1) }, default);
        await DriftAsync();
        Assert.Equal(silenced, Assert.Single(await AlertsAsync()).Silenced);
        await CalmAsync();

        // The end of what nobody was told of is told to nobody.
        Assert.Equal(AlertState.Resolved, Assert.Single(await AlertsAsync()).State);
        Assert.Equal(silenced ? [] : ["Opened", "Resolved"], (await ToldAsync()).Select(t => t.Event));
    }

    [Fact]
    public async Task The_end_of_an_alert_that_was_told_is_told_whatever_was_silenced_since()
    {
        await LearnAsync();
        await DriftAsync();
        await _harness.Alerts.AddSilenceAsync(new Silence { Id = "s1", Tenant = "default", StartsAt = Now, EndsAt = Now.AddDays(1) }, default);
        await CalmAsync();

        Assert.Equal(["Opened", "Resolved"], (await ToldAsync()).Select(t => t.Event));
    }

    [Theory]
    [InlineData(true, "the model was deleted")]
    [InlineData(false, "the model learns again")]
    public async Task The_alerts_of_a_model_that_compares_nothing_any_more_are_resolved(bool delete, string resolution)
    {
        await LearnAsync();
        await DriftAsync();
        if (delete)
            await Model.DeleteAsync();
        else
            await Model.ConfigureAsync(new ModelSettings { Segments = ["region"] });

        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal((AlertState.Resolved, resolution), (alert.State, alert.Resolution));
        Assert.Equal(["Opened", "Resolved"], (await ToldAsync()).Select(t => t.Event));

        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await LearnAsync();
        await DriftAsync();
        Assert.Equal(2, (await AlertsAsync()).Select(a => a.Id).Distinct().Count());
    }

    [Fact]
    public async Task Rows_that_no_evaluation_saw_before_a_crash_count_as_an_evaluation_after_it()
    {
        await LearnAsync();
        await EvaluateAsync(shift: 1);
        await Model.ConfigureAsync((await Model.DescribeAsync()).Settings);
        await Model.SendAsync(Traffic.Rows(1000, _seed++, shift: 1), Now);
        _harness.Crash();

        await Model.GetVerdictAsync();

        Assert.Equal(AlertState.Open, Assert.Single(await AlertsAsync()).State);
    }

    protected abstract Task<EngineHarness> StartAsync();

    private async Task LearnAsync()
    {
        await Model.SendAsync(Traffic.Rows(5000, 1), Now);
        Assert.Equal(ModelState.Monitoring, (await Model.DescribeAsync()).Status);
    }

    private async Task DriftAsync(int rows = 3000, double shift = 1)
    {
        for (var i = 0; i < 2; i++)
            await EvaluateAsync(rows, shift);
    }

    private async Task CalmAsync()
    {
        _harness.Clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 3; i++)
            await EvaluateAsync();
    }

    private Task EvaluateAsync(int rows = 1000, double shift = 0) => EvaluateAsync(Traffic.Rows(rows, _seed++, shift: shift));

    private async Task EvaluateAsync(RowBatch rows)
    {
        await Model.SendAsync(rows, Now);
        await Model.GetVerdictAsync();
    }

    private Task<IReadOnlyList<Alert>> AlertsAsync() => _harness.Alerts.ListAsync("default", new AlertQuery(null, null, 100), default);

    private async Task<IReadOnlyList<(string Event, string Id)>> ToldAsync()
    {
        var entries = await _harness.Outbox.ListAsync("default", new OutboxQuery(null, "pager", 100), default);
        return [.. entries.OrderBy(e => e.CreatedAt).ThenBy(e => e.Id, StringComparer.Ordinal).Select(e => (e.Kind, e.Id))];
    }
}
